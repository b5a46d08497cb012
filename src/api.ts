import { registerListDeadLetters } from './admin/routes/list-dead-letters'
import { registerChangePassword } from './auth/routes/change-password'
import { registerCreateAccount } from './auth/routes/create-account'
import { registerListSessions } from './auth/routes/list-sessions'
import { registerLogin } from './auth/routes/login'
import { registerLogout } from './auth/routes/logout'
import { registerReadMe } from './auth/routes/read-me'
import { registerRefresh } from './auth/routes/refresh'
import { registerRevokeSession } from './auth/routes/revoke-session'
import { registerListEntries } from './credits/routes/list-entries'
import { registerListPrices } from './credits/routes/list-prices'
import { registerShowCredits } from './credits/routes/show-credits'
import { registerCancelGeneration } from './generations/routes/cancel-generation'
import { registerGenerate } from './generations/routes/generate'
import { registerListGenerations } from './generations/routes/list-generations'
import { registerListResults } from './generations/routes/list-results'
import { registerRetryGeneration } from './generations/routes/retry-generation'
import { registerShowGeneration } from './generations/routes/show-generation'
import { registerShowHealth } from './health/show-health'
import type { App } from './http/app-env'
import { registerShowMedia } from './media/routes/show-media'
import { registerCreatePayment } from './payments/routes/create-payment'
import { registerListPayments } from './payments/routes/list-payments'
import { registerListProducts } from './payments/routes/list-products'
import { registerShowPayment } from './payments/routes/show-payment'
import { registerSimulatePayment } from './payments/routes/simulate-payment'
import { registerExportPose } from './poses/routes/export-pose'
import { registerListLibrary } from './poses/routes/list-library'
import { registerListPoseCategories } from './poses/routes/list-pose-categories'
import { registerShowPose } from './poses/routes/show-pose'
import { registerShowPoseControl } from './poses/routes/show-pose-control'
import { registerShowPosePreview } from './poses/routes/show-pose-preview'
import { registerCreateTicket } from './progress/routes/create-ticket'
import { registerListEvents } from './progress/routes/list-events'
import { registerCreateProject } from './projects/routes/create-project'
import { registerDeleteProject } from './projects/routes/delete-project'
import { registerListProjects } from './projects/routes/list-projects'
import { registerShowProject } from './projects/routes/show-project'
import { registerUpdateProject } from './projects/routes/update-project'
import { registerCreateUpload } from './uploads/routes/create-upload'

/** Table of contents: one line per endpoint, grouped by slice. */
export function registerApi(app: App) {
  // accounts
  registerCreateAccount(app)
  registerLogin(app)
  registerRefresh(app)
  registerLogout(app)
  registerReadMe(app)
  registerListSessions(app)
  registerRevokeSession(app)
  registerChangePassword(app)

  // pose library
  registerListLibrary(app)
  registerShowPose(app)
  registerShowPoseControl(app)
  registerShowPosePreview(app)
  registerListPoseCategories(app)
  registerExportPose(app)

  // credits and payments
  registerShowCredits(app)
  registerListEntries(app)
  registerListPrices(app)
  registerListProducts(app)
  registerCreatePayment(app)
  registerListPayments(app)
  registerShowPayment(app)
  registerSimulatePayment(app)

  // projects and pictures
  registerCreateProject(app)
  registerListProjects(app)
  registerShowProject(app)
  registerUpdateProject(app)
  registerDeleteProject(app)
  registerCreateUpload(app)
  registerShowMedia(app)

  // generations
  registerGenerate(app)
  registerListGenerations(app)
  registerShowGeneration(app)
  registerListResults(app)
  registerCancelGeneration(app)
  registerRetryGeneration(app)

  // live
  registerCreateTicket(app)
  registerListEvents(app)

  // platform
  registerShowHealth(app)
  registerListDeadLetters(app)
}
