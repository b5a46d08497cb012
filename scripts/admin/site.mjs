// The commands of `npm run admin` that an admin of the site gives: they go through its API, so that what it refuses stays
// refused, what it tells people is told, and the audit log names the admin.

/** Of one call; its file may have more (src/library-admin/import-poses.ts: 200, of them 100 as OpenPose, 1 MiB). */
const IMPORTED_AT_ONCE = 100

const LIBRARY = '/admin/library'
const REQUESTS = '/admin/pose-requests'
const APPS = '/admin/apps'
const REPORTS = '/admin/avatar-reports'

/**
 * Each command: `(api, asked)` -> lines to print, for `import-poses` also whether all went in. `api` has `get`, `post` and `patch` of
 * scripts/shoot/client.mjs and is signed in; what it throws is passed on.
 */
export const siteCommands = {
  poses: async (api, { status, search }) => {
    const poses = await everyPage(api, LIBRARY, { status, search })
    return {
      lines: poses.map((pose) => [
        pose.id,
        pose.status,
        pose.isFeatured ? 'featured' : '',
        pose.category,
        pose.names.en,
      ]),
    }
  },
  'publish-pose': (api, { id }) => change(api, id, { publish: true }, 'is published'),
  'hide-pose': (api, { id }) => change(api, id, { publish: false }, 'is hidden; pictures made of it stay'),
  'feature-pose': (api, { id }) => change(api, id, { isFeatured: true }, 'is featured'),
  'unfeature-pose': (api, { id }) => change(api, id, { isFeatured: false }, 'is not featured'),
  'import-poses': importPoses,
  requests: async (api, { status }) => {
    const requests = await everyPage(api, REQUESTS, { status })
    return {
      lines: requests.map((row) => [
        ...[row.id, row.status, `${row.votesCount} votes`, row.name, row.updatedAt],
        ...(row.referenceImageUrl ? [row.referenceImageUrl] : []),
      ]),
    }
  },
  'approve-request': (api, asked) => decide(api, asked, { status: 'approved' }, 'is approved'),
  'start-request': (api, asked) => decide(api, asked, { status: 'in_progress' }, 'is in progress'),
  'complete-request': (api, asked) =>
    decide(api, asked, { status: 'completed', completedPoseId: asked.poseId }, `is completed by ${asked.poseId}`),
  'reject-request': (api, asked) => decide(api, asked, { status: 'rejected' }, 'is rejected'),
  'avatar-reports': async (api, { status }) => {
    const reports = await everyPage(api, REPORTS, { status })
    return { lines: reports.map(reportLine) }
  },
  'show-report': async (api, { id }) => {
    const report = await api.get(`${REPORTS}/${encodeURIComponent(id)}`)
    const { details, userId, pictureUrl, consent } = report
    const declared = consent ? `declared: ${consent.kind}` : 'nothing was declared of it'
    return {
      lines: [
        reportLine(report),
        ...[[details], [`owner ${userId ?? 'unknown'}`, declared], [pictureUrl ?? 'the picture is gone']],
      ],
    }
  },
  'uphold-report': (api, asked) => judge(api, asked, 'upheld'),
  'dismiss-report': (api, asked) => judge(api, asked, 'dismissed'),
  apps: async (api) => ({ lines: (await api.get(APPS)).items.map(appLine) }),
  'set-app': async (api, { id, change: values }) => {
    const { items } = await api.get(APPS)
    const version = items.find((app) => app.id === id)?.version ?? 0
    return { lines: [appLine(await api.patch(`${APPS}/${encodeURIComponent(id)}`, { version, ...values }))] }
  },
}

const appLine = ({ id, status, settings, changed, missing }) => [
  ...[id, status, `order ${settings.order}`],
  ...Object.entries(changed).map(([name, value]) => `${name}=${value}`),
  ...(missing.length > 0 ? [`missing: ${missing.join(', ')}`] : []),
]

const reportLine = ({ id, status, reason, subject, contact, createdAt }) => [
  ...[id, status, reason, subject, contact, createdAt],
]

async function judge(api, { id, notes }, decision) {
  const said = { decision, note: notes ?? '' }
  const { deletion } = await api.post(`${REPORTS}/${encodeURIComponent(id)}/decision`, said)
  const { status, avatarsDeleted, picturesDeleted } = deletion ?? {}
  const gone = `${avatarsDeleted} avatars and ${picturesDeleted} pictures go: ${status}`
  return { lines: [[id, decision, deletion ? gone : 'nothing goes']] }
}

async function everyPage(api, path, filter) {
  const items = []
  let cursor
  do {
    const wanted = Object.entries({ ...filter, limit: 100, cursor }).filter(([, value]) => value !== undefined)
    const answer = await api.get(`${path}?${new URLSearchParams(wanted)}`)
    items.push(...answer.items)
    cursor = answer.page.nextCursor
  } while (cursor)
  return items
}

/** Of the pose as it is now; who changes it in the same moment makes this a refusal. */
async function change(api, id, values, says) {
  const path = `${LIBRARY}/${encodeURIComponent(id)}`
  const { version } = await api.get(path)
  await api.patch(path, { version, ...values })
  return { lines: [[id, says]] }
}

async function decide(api, { id, notes, seen }, values, says) {
  const said = { ...(notes !== undefined && { adminNotes: notes }), ...(seen !== undefined && { updatedAt: seen }) }
  await api.patch(`${REQUESTS}/${encodeURIComponent(id)}`, { ...values, ...said })
  return { lines: [[id, says]] }
}

async function importPoses(api, { poses, dryRun = false }) {
  const lines = []
  let isWhole = true
  for (let start = 0; start < poses.length; start += IMPORTED_AT_ONCE) {
    const part = poses.slice(start, start + IMPORTED_AT_ONCE)
    const { items } = await api.post(`${LIBRARY}/import`, { poses: part, dryRun })
    for (const { index, id, status, poseId, differs = [], issues = [] } of items) {
      if (status !== 'created' && status !== 'unchanged') isWhole = false
      const why = [
        ...(poseId ? [`like ${poseId}`] : []),
        ...differs,
        ...issues.map(({ field, rule }) => `${field}: ${rule}`),
      ]
      lines.push([String(start + index), id ?? '', status, why.join('; ')])
    }
  }
  return { lines, isWhole }
}
