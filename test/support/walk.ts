import { z } from 'zod'
import { createApp } from '../../src/app'
import { deadLetters } from '../../src/db/tables/operations'
import type { Access } from '../../src/http/access'
import { openApiInfo } from '../../src/http/openapi'
import { newId, newPoseId } from '../../src/kernel/ids'
import { expectJson, requestAs, signUp } from './app'
import { CONSENT, type StartedAvatars, startAvatars } from './avatar-starts'
import { avatarDeletionRow, avatarProjectRow, avatarReportRow, avatarWithPictures } from './avatars'
import { exported } from './exports'
import { imported, SITTING } from './own-poses'
import type { Person } from './people'
import { adjustmentRow, categoryRow, db, noticeRow, poseRow, requestRow } from './rows'
import { ended, oneSmallPicture, POSES, resultsOf, startShoot } from './shoots'
import { ascii, concat, png, upload } from './uploads'

/** JSON Schema as far as our routes use it. */
export type Schema = {
  $ref?: string
  type?: string | string[]
  enum?: unknown[]
  properties?: Record<string, Schema>
  required?: string[]
  additionalProperties?: boolean
  items?: Schema
  oneOf?: Schema[]
  anyOf?: Schema[]
  pattern?: string
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
}
type Parameter = { name: string; in: 'path' | 'query' | 'header'; required?: boolean; schema: Schema }
export type Operation = {
  operationId: string
  summary?: string
  parameters?: Parameter[]
  requestBody?: { required?: boolean; content: Record<string, { schema: Schema }> }
  responses: Record<string, { description: string; content?: Record<string, { schema: Schema }> }>
  'x-access': Access
  'x-owns'?: string
}
export type Route = Operation & { method: string; path: string }

type Document = { paths: Record<string, Record<string, Operation>>; components: { schemas: Record<string, Schema> } }

/** The contract as the app itself states it, now. */
export const document = createApp().getOpenAPI31Document(openApiInfo) as unknown as Document

/** Every route of the app, from the same declarations that validate and document. */
export const routes: Route[] = Object.entries(document.paths).flatMap(([path, operations]) =>
  Object.entries(operations).map(([method, operation]) => ({ ...operation, method: method.toUpperCase(), path })),
)

export function resolve(schema: Schema): Schema {
  const name = schema.$ref?.replace('#/components/schemas/', '')
  return name === undefined ? schema : resolve(document.components.schemas[name]!)
}

/** The shapes that a JSON body may have; none for a route without one. */
export function bodyShapes(route: Route): Schema[] {
  const schema = route.requestBody?.content['application/json']?.schema
  if (!schema) return []
  const resolved = resolve(schema)
  return resolved.oneOf ?? resolved.anyOf ?? [resolved]
}

export const takesJson = (route: Route): boolean => bodyShapes(route).length > 0

/** Somebody with one of everything that a path can name. */
export type World = {
  owner: Person
  projectId: string
  uploadId: string
  uploadUrl: string
  generationId: string
  imageId: string
  paymentId: string
  sessionId: string
  adjustmentId: string
  noticeId: string
  deadLetterId: string
  exportId: string
  archiveUrl: string
  backgroundJobId: string
  poseRequestId: string
  collectionId: string
  ownPoseId: string
  ownPictureUrl: string
  hiddenPoseId: string
  emptyCategory: string
  doomedCategory: string
  avatarProjectId: string
  avatarId: string
  avatarGenerationId: string
  avatarReportId: string
  avatarDeletionId: string
}

export async function buildWorld(): Promise<World> {
  const owner = await signUp()
  const avatarProjectId = await avatarProjectRow(owner.user.id)
  const { id: uploadId, url: uploadUrl } = await upload(owner)
  const started = await startShoot(owner)
  await ended(owner, started.generation.id)
  const [picture] = (await resultsOf(owner, started.generation.id)).items
  const ordered = await expectJson<{ payment: { id: string } }>(
    requestAs(owner, '/payments', {
      json: { productId: 'credits-1500', gateway: 'simulated' },
      headers: { 'idempotency-key': 'world' },
    }),
    201,
  )
  const sessions = await expectJson<{ items: { id: string }[] }>(requestAs(owner, '/auth/sessions'), 200)
  return {
    owner,
    ...{ projectId: started.projectId, uploadId, uploadUrl, generationId: started.generation.id, imageId: picture!.id },
    ...{ paymentId: ordered.payment.id, sessionId: sessions.items[0]!.id },
    adjustmentId: await adjustmentRow(owner.user.id),
    noticeId: await noticeRow(ordered.payment.id),
    deadLetterId: await parkedPayment(ordered.payment.id),
    ...(await packed(owner, picture!.id)),
    backgroundJobId: await changedBackground(owner, picture!.id),
    poseRequestId: await requestRow(owner.user.id),
    collectionId: await collectionWith(owner, POSES[0]),
    ...(await keptPose(owner)),
    hiddenPoseId: await poseRow(),
    emptyCategory: await categoryRow(),
    doomedCategory: await categoryRow(),
    avatarGenerationId: await startedAvatar(owner, avatarProjectId),
    ...{ avatarProjectId, avatarId: await avatarWithPictures(owner.user.id, avatarProjectId) },
    avatarReportId: await avatarReportRow(null),
    avatarDeletionId: await avatarDeletionRow(owner.user.id),
  }
}

/** A job of the Avatar Creator. */
async function startedAvatar(owner: Person, avatarProjectId: string): Promise<string> {
  const started = startAvatars(owner, `projects/${avatarProjectId}/avatars/generate`, { words: 'batik' })
  return (await expectJson<StartedAvatars>(started, 202)).generation.id
}

/** A form with the sample picture and what must come with it. */
const BOUNDARY = 'walk'
const avatarForm = concat(
  ascii(`--${BOUNDARY}\r\ncontent-disposition: form-data; name="consent"\r\n\r\n${JSON.stringify(CONSENT)}\r\n`),
  ascii(`--${BOUNDARY}\r\ncontent-disposition: form-data; name="file"; filename="foto.png"\r\n`),
  ascii('content-type: image/png\r\n\r\n'),
  ...[png, ascii(`\r\n--${BOUNDARY}--\r\n`)],
)

/** A collection with one pose in it. */
async function collectionWith(owner: Person, poseId: string): Promise<string> {
  const collections = '/apps/pose-generator/collections'
  const { id } = await expectJson<{ id: string }>(requestAs(owner, collections, { json: { name: 'Walk' } }), 201)
  await expectJson(requestAs(owner, `${collections}/${id}/poses/${poseId}`, { method: 'PUT' }), 200)
  return id
}

/** A pose of one's own. */
async function keptPose(owner: Person): Promise<Pick<World, 'ownPoseId' | 'ownPictureUrl'>> {
  const { id, previewUrl } = await imported(owner, SITTING, { allowSimilar: true })
  return { ownPoseId: id, ownPictureUrl: previewUrl }
}

/** A job that gives the picture another background. */
async function changedBackground(owner: Person, imageId: string): Promise<string> {
  const started = await expectJson<{ job: { id: string } }>(
    requestAs(owner, `/apps/pose-generator/poses/${imageId}/background`, {
      json: { backgroundMode: 'solid_color', backgroundColor: '#0B4A2B' },
      headers: { 'idempotency-key': 'world' },
    }),
    202,
  )
  return started.job.id
}

/** The picture as a ZIP. */
async function packed(owner: Person, imageId: string): Promise<Pick<World, 'exportId' | 'archiveUrl'>> {
  const { id, downloadUrl } = await exported(owner, { imageIds: [imageId], formats: ['original'] })
  return { exportId: id, archiveUrl: downloadUrl! }
}

/** A message about this order that nobody could handle. */
async function parkedPayment(paymentId: string): Promise<string> {
  const id = newId('deadLetter')
  const body = JSON.stringify({ type: 'payment', paymentId, requestId: 'walk' })
  const row = { id, queue: 'lumiku-generation', messageId: id, body, error: 'walk', attempts: 8, createdAt: Date.now() }
  await db.insert(deadLetters).values(row)
  return id
}

/** The same names with nothing behind them. */
export const nowhere = (world: World): World => ({
  ...world,
  projectId: newId('project'),
  generationId: newId('generation'),
  imageId: newId('image'),
  paymentId: newId('payment'),
  sessionId: newId('session'),
  uploadId: newId('upload'),
  adjustmentId: newId('adjustment'),
  noticeId: newId('notice'),
  deadLetterId: newId('deadLetter'),
  exportId: newId('export'),
  backgroundJobId: newId('backgroundJob'),
  poseRequestId: newId('request'),
  collectionId: newId('collection'),
  avatarProjectId: newId('avatarProject'),
  avatarId: newId('avatar'),
  avatarGenerationId: newId('avatarGeneration'),
  avatarReportId: newId('avatarReport'),
  avatarDeletionId: newId('avatarDeletion'),
  ownPoseId: newPoseId(),
  hiddenPoseId: `gone-${crypto.randomUUID()}`,
  emptyCategory: `gone-${crypto.randomUUID()}`,
})

/** What a valid request of a route looks like. `json` has one body for every shape of bodyShapes, in that order. */
export type Example = {
  params?: Record<string, string>
  query?: Record<string, string>
  headers?: Record<string, string>
  json?: Record<string, unknown>[]
  body?: BodyInit
}

const key = { 'idempotency-key': 'walk' }
const gallery = (projectId: string) => oneSmallPicture(projectId, { selectedPoseIds: [...POSES] })
const words = (projectId: string) => ({ projectId, generationType: 'TEXT_DESCRIPTION', textPrompt: 'holding a box' })

/** Arms at the sides, 18 x (x, y, v) in pixels of a picture. */
const standing = {
  keypoints2d: [
    ...[360, 90, 1, 360, 170, 1, 300, 170, 1, 290, 270, 1, 285, 360, 1, 420, 170, 1, 430, 270, 1, 435, 360, 1],
    ...[325, 350, 1, 322, 500, 1, 320, 640, 1, 395, 350, 1, 398, 500, 1, 400, 640, 1],
    ...[348, 78, 1, 372, 78, 1, 332, 86, 1, 388, 86, 1],
  ],
}

/** Arms up, as an admin adds it. */
const waving = {
  ...{ names: { en: 'Walk wave', id: 'Lambaian' }, descriptions: { en: 'Arms up', id: 'Tangan di atas' } },
  ...{ tags: { en: ['wave'], id: ['lambai'] }, category: 'hold-one', difficulty: 'beginner', gender: 'unisex' },
  ...{ stance: 'standing', framing: 'full', view: 'front', promptHint: 'standing, both arms up' },
  openpose: {
    ...{ canvas_width: 1000, canvas_height: 1000 },
    people: [
      {
        pose_keypoints_2d: [
          ...[512, 150, 1, 512, 240, 1, 430, 245, 1, 330, 330, 1, 450, 400, 1, 594, 245, 1, 700, 180, 1, 740, 70, 1],
          ...[460, 500, 1, 455, 680, 1, 450, 860, 1, 564, 500, 1, 569, 680, 1, 574, 860, 1],
          ...[490, 130, 1, 534, 130, 1, 462, 145, 1, 562, 145, 1],
        ],
      },
    ],
  },
}

/** A valid request for every route, by operationId. every-route.test.ts fails when one is missing. */
export const examples: Record<string, (world: World) => Example> = {
  openLive: () => ({}),
  listDeadLetters: () => ({ query: { limit: '5' } }),
  replayDeadLetter: ({ deadLetterId }) => ({ params: { id: deadLetterId } }),
  showRecovery: () => ({}),
  triggerRecovery: () => ({}),
  listUsers: ({ owner }) => ({ query: { limit: '5', email: owner.email.slice(0, 8), cursor: owner.user.id } }),
  showUser: ({ owner }) => ({ params: { id: owner.user.id } }),
  listUserEntries: ({ owner }) => ({ params: { id: owner.user.id }, query: { limit: '5', cursor: '9' } }),
  verifyUser: ({ owner }) => ({ params: { id: owner.user.id } }),
  createCreditAdjustment: ({ owner }) => ({
    ...{ headers: key, params: { id: owner.user.id } },
    json: [{ credits: -1, reason: 'given by mistake' }],
  }),
  listCreditAdjustments: () => ({ query: { limit: '5', state: 'awaiting_approval' } }),
  approveCreditAdjustment: ({ adjustmentId }) => ({ params: { id: adjustmentId } }),
  refuseCreditAdjustment: ({ adjustmentId }) => ({ params: { id: adjustmentId } }),
  refundGeneration: ({ owner, generationId }) => ({
    ...{ headers: key, params: { id: owner.user.id, generationId } },
    json: [{ credits: 1, reason: 'the box was cut off' }],
  }),
  listAuditRecords: ({ owner }) => ({ query: { limit: '5', subject: owner.user.id } }),
  listModerationViolations: ({ owner }) => ({ query: { limit: '5', userId: owner.user.id } }),
  listCuratedPoses: () => ({ query: { limit: '5', status: 'hidden', search: 'row', cursor: '99999' } }),
  showCuratedPose: ({ hiddenPoseId }) => ({ params: { id: hiddenPoseId } }),
  createLibraryPose: () => ({ json: [{ id: 'walk-wave', ...waving }] }),
  updateLibraryPose: ({ hiddenPoseId }) => ({ params: { id: hiddenPoseId }, json: [{ version: 0, isFeatured: true }] }),
  deleteLibraryPose: ({ hiddenPoseId }) => ({ params: { id: hiddenPoseId } }),
  restoreLibraryPose: ({ hiddenPoseId }) => ({ params: { id: hiddenPoseId } }),
  importLibraryPoses: () => ({ json: [{ poses: [{ id: 'walk-wave', ...waving }], dryRun: true }] }),
  listCuratedCategories: () => ({}),
  createPoseCategory: () => ({ json: [{ slug: 'walk-category', names: { en: 'Walk', id: 'Jalan' } }] }),
  updatePoseCategory: ({ emptyCategory }) => ({ params: { slug: emptyCategory }, json: [{ displayOrder: 7 }] }),
  deletePoseCategory: ({ doomedCategory }) => ({ params: { slug: doomedCategory } }),
  createAccount: () => ({
    json: [{ email: `walk-${crypto.randomUUID()}@example.test`, password: 'correct horse battery', name: 'Sari' }],
  }),
  login: ({ owner }) => ({ json: [{ email: owner.email, password: owner.password }] }),
  refresh: () => ({ json: [{ refreshToken: 'not-a-token' }] }),
  logout: () => ({ json: [{ refreshToken: 'not-a-token' }] }),
  readMe: () => ({}),
  listSessions: () => ({}),
  revokeSession: ({ sessionId }) => ({ params: { id: sessionId } }),
  changePassword: () => ({ json: [{ currentPassword: 'not the password', newPassword: 'another horse battery' }] }),
  listLibrary: () => ({ query: { search: 'box' } }),
  listPoseFacets: () => ({ query: { search: 'box', tags: 'box' } }),
  showPose: () => ({ params: { id: POSES[0] } }),
  showPoseControl: () => ({ params: { id: POSES[0] }, query: { size: '256x256' } }),
  showPosePreview: () => ({ params: { id: POSES[0] } }),
  listPoseCategories: () => ({}),
  listSimilarPoses: () => ({ params: { id: POSES[0] }, query: { limit: '5', otherViews: 'true' } }),
  findNearestPoses: () => ({ json: [{ people: [standing], limit: 5 }] }),
  draftPoses: () => ({ json: [{ text: 'berdiri, tangan kiri di pinggang', count: 1 }] }),
  exportPose: () => ({ params: { id: POSES[0] }, query: { format: 'openpose' } }),
  addPoseFavorite: () => ({ params: { id: POSES[0] } }),
  removePoseFavorite: () => ({ params: { id: POSES[0] } }),
  ratePose: () => ({ params: { id: POSES[0] }, json: [{ stars: 4 }] }),
  removePoseRating: () => ({ params: { id: POSES[0] } }),
  listRecentPoses: () => ({ query: { limit: '5', cursor: `9:${POSES[0]}` } }),
  createCollection: () => ({ json: [{ name: 'Lebaran' }] }),
  listCollections: () => ({ query: { limit: '5' } }),
  showCollection: ({ collectionId }) => ({
    params: { id: collectionId },
    query: { limit: '5', cursor: `9:${POSES[0]}` },
  }),
  updateCollection: ({ collectionId }) => ({ params: { id: collectionId }, json: [{ name: 'Natal' }] }),
  deleteCollection: ({ collectionId }) => ({ params: { id: collectionId } }),
  addToCollection: ({ collectionId }) => ({ params: { id: collectionId, poseId: POSES[1] } }),
  removeFromCollection: ({ collectionId }) => ({ params: { id: collectionId, poseId: POSES[1] } }),
  addPictureFavorite: ({ imageId }) => ({ params: { id: imageId } }),
  removePictureFavorite: ({ imageId }) => ({ params: { id: imageId } }),
  showStats: () => ({}),
  showPoseStats: () => ({ params: { id: POSES[0] } }),
  createPoseRequest: () => ({
    json: [{ name: `Walk ${crypto.randomUUID()}`, description: 'Holding a tray of coffee', useCase: 'social' }],
  }),
  listPoseRequests: () => ({ query: { limit: '5', sort: 'votes', mine: 'false' } }),
  showPoseRequest: ({ poseRequestId }) => ({ params: { id: poseRequestId } }),
  updatePoseRequest: ({ poseRequestId }) => ({ params: { id: poseRequestId }, json: [{ useCase: 'e-commerce' }] }),
  deletePoseRequest: ({ poseRequestId }) => ({ params: { id: poseRequestId } }),
  voteForPoseRequest: ({ poseRequestId }) => ({ params: { id: poseRequestId } }),
  withdrawPoseRequestVote: ({ poseRequestId }) => ({ params: { id: poseRequestId } }),
  listPoseRequestsAsAdmin: () => ({ query: { limit: '5', status: 'pending' } }),
  decidePoseRequest: ({ poseRequestId }) => ({ params: { id: poseRequestId }, json: [{ adminNotes: 'Soon' }] }),
  importPose: () => ({ json: [{ name: 'Duduk', openpose: SITTING, allowSimilar: true }] }),
  savePose: () => ({
    json: [{ name: 'Sapa', text: 'berdiri, tangan kiri di pinggang', seed: 1, draft: 0, allowSimilar: true }],
  }),
  showOwnPose: ({ ownPoseId }) => ({ params: { id: ownPoseId } }),
  updateOwnPose: ({ ownPoseId }) => ({ params: { id: ownPoseId }, json: [{ name: 'Sapa lagi' }] }),
  deleteOwnPose: ({ ownPoseId }) => ({ params: { id: ownPoseId } }),
  showOwnPicture: ({ ownPoseId, ownPictureUrl }) => ({
    params: { id: ownPoseId },
    query: Object.fromEntries(new URL(ownPictureUrl, 'http://localhost').searchParams),
  }),
  showCredits: () => ({}),
  listCreditEntries: () => ({ query: { limit: '5', cursor: '9' } }),
  showStatement: () => ({ query: { limit: '5' } }),
  verifyStatement: () => ({}),
  listPrices: () => ({}),
  createQuote: ({ projectId, avatarProjectId }) => ({
    json: [
      { app: 'pose-generator', params: gallery(projectId) },
      { app: 'avatar-creator', params: { way: 'text_to_image', projectId: avatarProjectId, words: 'batik biru' } },
    ],
  }),
  listProducts: () => ({}),
  createPayment: () => ({ headers: key, json: [{ productId: 'credits-1500', gateway: 'simulated' }] }),
  listPayments: () => ({ query: { limit: '5' } }),
  showPayment: ({ paymentId }) => ({ params: { id: paymentId } }),
  simulatePayment: ({ paymentId }) => ({ params: { id: paymentId }, json: [{ status: 'paid' }] }),
  receiveDuitku: () => ({ headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'resultCode=00' }),
  receiveMidtrans: () => ({ headers: { 'content-type': 'application/json' }, body: '{}' }),
  listPaymentNotices: () => ({ query: { limit: '5', state: 'quarantined' } }),
  replayPaymentNotice: ({ noticeId }) => ({ params: { id: noticeId } }),
  showReconciliation: () => ({ query: { days: '7' } }),
  listSubscriptions: () => ({}),
  startSubscription: () => ({ json: [{ productId: 'free-forever' }] }),
  cancelSubscription: () => ({ params: { productId: 'free-forever' } }),
  createProject: () => ({ json: [{ projectName: 'Kotak teh' }] }),
  listProjects: () => ({ query: { limit: '5' } }),
  showProject: ({ projectId }) => ({ params: { id: projectId } }),
  updateProject: ({ projectId }) => ({ params: { id: projectId }, json: [{ projectName: 'Kotak kopi' }] }),
  deleteProject: ({ projectId }) => ({ params: { id: projectId } }),
  createUpload: () => ({ headers: { 'content-type': 'image/png' }, body: png }),
  listUploads: () => ({ query: { limit: '5' } }),
  showUpload: ({ uploadId }) => ({ params: { id: uploadId } }),
  deleteUpload: ({ uploadId }) => ({ params: { id: uploadId } }),
  showMedia: ({ uploadId, uploadUrl }) => ({
    params: { id: uploadId },
    query: Object.fromEntries(new URL(uploadUrl, 'http://localhost').searchParams),
  }),
  generate: ({ projectId }) => ({ headers: key, json: [gallery(projectId), words(projectId)] }),
  generateAvatar: ({ avatarProjectId }) => ({
    ...{ headers: key, params: { id: avatarProjectId } },
    json: [{ words: 'batik biru', attributes: { gender: 'female' }, persona: { age: 30 } }],
  }),
  createAvatarFromPreset: ({ avatarProjectId }) => ({
    ...{ headers: key, params: { id: avatarProjectId } },
    json: [{ presetId: 'batik-friday-manager' }],
  }),
  createAvatarFromReference: ({ avatarProjectId, uploadId }) => ({
    ...{ headers: key, params: { id: avatarProjectId } },
    json: [{ referenceImageId: uploadId, consent: CONSENT }],
  }),
  uploadAvatar: ({ avatarProjectId }) => ({
    headers: { ...key, 'content-type': `multipart/form-data; boundary=${BOUNDARY}` },
    params: { id: avatarProjectId },
    body: avatarForm,
  }),
  varyAvatar: ({ avatarId }) => ({ headers: key, params: { id: avatarId }, json: [{ keep: 'looks' }] }),
  listAvatarGenerations: () => ({ query: { limit: '5' } }),
  showAvatarGeneration: ({ avatarGenerationId }) => ({ params: { id: avatarGenerationId } }),
  cancelAvatarGeneration: ({ avatarGenerationId }) => ({ params: { id: avatarGenerationId } }),
  listGenerations: () => ({ query: { limit: '5' } }),
  showGeneration: ({ generationId }) => ({ params: { id: generationId } }),
  listResults: ({ generationId }) => ({ params: { id: generationId }, query: { limit: '5' } }),
  cancelGeneration: ({ generationId }) => ({ params: { id: generationId } }),
  retryGeneration: ({ generationId }) => ({ headers: key, params: { id: generationId } }),
  changeBackground: ({ imageId }) => ({
    ...{ headers: key, params: { id: imageId } },
    json: [{ backgroundMode: 'solid_color', backgroundColor: '#FFFFFF' }],
  }),
  changeBackgrounds: ({ imageId }) => ({
    headers: key,
    json: [{ imageIds: [imageId], backgroundMode: 'transparent' }],
  }),
  undoBackground: ({ imageId }) => ({ params: { id: imageId } }),
  listBackgrounds: ({ imageId }) => ({ params: { id: imageId } }),
  showBackgroundJob: ({ backgroundJobId }) => ({ params: { id: backgroundJobId } }),
  cancelBackgroundJob: ({ backgroundJobId }) => ({ params: { id: backgroundJobId } }),
  showRecipe: ({ imageId }) => ({ params: { id: imageId } }),
  checkVariant: ({ imageId }) => ({ params: { id: imageId, format: 'shopee_product' }, query: { fill: 'white' } }),
  listFormats: () => ({}),
  listPictureFiles: ({ imageId }) => ({
    params: { id: imageId },
    query: { fill: 'white', recipe: 'true', estimate: 'true' },
  }),
  showPictureFile: ({ imageId }) => ({
    params: { id: imageId, format: 'whatsapp_catalog' },
    query: { fill: 'white', recipe: 'false' },
  }),
  createExport: ({ imageId }) => ({ headers: key, json: [{ imageIds: [imageId], formats: ['original'] }] }),
  listExports: () => ({ query: { limit: '5' } }),
  showExport: ({ exportId }) => ({ params: { id: exportId } }),
  cancelExport: ({ exportId }) => ({ params: { id: exportId } }),
  downloadExport: ({ exportId }) => ({ params: { id: exportId } }),
  showArchive: ({ exportId, archiveUrl }) => ({
    params: { id: exportId },
    query: Object.fromEntries(new URL(archiveUrl, 'http://localhost').searchParams),
  }),
  createAvatarProject: () => ({ json: [{ name: 'Katalog hijab' }] }),
  listAvatarProjects: ({ avatarProjectId }) => ({ query: { limit: '5', cursor: avatarProjectId } }),
  showAvatarProject: ({ avatarProjectId }) => ({ params: { id: avatarProjectId } }),
  updateAvatarProject: ({ avatarProjectId }) => ({
    params: { id: avatarProjectId },
    json: [{ name: 'Katalog batik' }],
  }),
  listProjectAvatars: ({ avatarProjectId, avatarId }) => ({
    params: { id: avatarProjectId },
    query: { limit: '5', cursor: avatarId },
  }),
  listAvatars: ({ avatarProjectId, avatarId }) => ({
    query: { limit: '5', cursor: avatarId, projectId: avatarProjectId, sourceType: 'uploaded' },
  }),
  showAvatar: ({ avatarId }) => ({ params: { id: avatarId } }),
  updateAvatar: ({ avatarId }) => ({
    params: { id: avatarId },
    json: [{ name: 'Sari', persona: { age: 27, personality: ['warm'] }, attributes: { hairStyle: 'hijab' } }],
  }),
  listAvatarUsage: ({ avatarId }) => ({ params: { id: avatarId }, query: { limit: '5', cursor: '9' } }),
  showUsageSummary: ({ avatarId }) => ({ params: { id: avatarId } }),
  showAvatarStats: () => ({}),
  showLikenessPolicy: () => ({}),
  deleteAvatar: ({ avatarId }) => ({ params: { id: avatarId }, query: { pictures: 'delete', variations: 'keep' } }),
  deleteAvatarProject: ({ avatarProjectId }) => ({ params: { id: avatarProjectId }, query: { pictures: 'keep' } }),
  listAvatarDeletions: ({ avatarDeletionId }) => ({ query: { limit: '5', cursor: avatarDeletionId } }),
  showAvatarDeletion: ({ avatarDeletionId }) => ({ params: { id: avatarDeletionId } }),
  createAvatarReport: ({ imageId }) => ({
    json: [
      { subject: imageId, reason: 'other', details: 'This is not what I look like', contact: 'rini@example.test' },
    ],
  }),
  listAvatarReports: () => ({ query: { limit: '5', status: 'open' } }),
  showAvatarReport: ({ avatarReportId }) => ({ params: { id: avatarReportId } }),
  decideAvatarReport: ({ avatarReportId }) => ({
    params: { id: avatarReportId },
    json: [{ decision: 'dismissed', note: 'It is a drawing' }],
  }),
  listAvatarPresets: () => ({ query: { category: 'traditional', search: 'kebaya', limit: '5', cursor: '3:barista' } }),
  showAvatarPreset: () => ({ params: { id: 'barista' } }),
  showAvatarPresetPicture: () => ({ params: { id: 'barista' }, query: { size: 'thumbnail' } }),
  createLiveTicket: () => ({}),
  listEvents: () => ({ query: { after: '0', limit: '5' } }),
  showHealth: () => ({}),
  showDeepHealth: () => ({}),
  listApps: () => ({}),
  showApp: () => ({ params: { appId: 'pose-generator' } }),
  showAppHealth: () => ({ params: { appId: 'pose-generator' } }),
  listAppsAsAdmin: () => ({}),
  updateApp: () => ({ params: { appId: 'looping-flow' }, json: [{ version: 0, beta: false }] }),
  listProviders: () => ({}),
  resetProvider: () => ({ params: { id: 'fal' } }),
}

/** Path and query of an example, as `request` takes it: relative to /api/v1, or from the root after `//`. */
export function pathOf(route: Route, { params = {}, query = {} }: Example): string {
  const path = route.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''))
  const search = new URLSearchParams(query).toString()
  const relative = path.startsWith('/api/v1') ? path.slice('/api/v1'.length) : `/${path}`
  return search === '' ? relative : `${relative}?${search}`
}

/** The one error shape of the contract; strict, so that nothing else leaks with it. */
export const ErrorShape = z.strictObject({
  error: z.strictObject({
    code: z.string().regex(/^[A-Z]+(_[A-Z]+)*$/),
    message: z.string().min(3),
    statusCode: z.number().int(),
    requestId: z.string().min(8),
    timestamp: z.iso.datetime(),
    details: z.record(z.string(), z.unknown()).optional(),
  }),
})
export type Issue = { field: string; rule: string }

/** The error of an answer, checked for its shape. */
export async function errorOf(answer: Response): Promise<z.infer<typeof ErrorShape>['error'] & { issues: Issue[] }> {
  const { error } = ErrorShape.parse(await answer.clone().json())
  return { ...error, issues: (error.details?.issues ?? []) as Issue[] }
}
