import { registerApproveAdjustment } from './admin/routes/approve-adjustment'
import { registerCreateAdjustment } from './admin/routes/create-adjustment'
import { registerListAdjustments } from './admin/routes/list-adjustments'
import { registerListAudit } from './admin/routes/list-audit'
import { registerListDeadLetters } from './admin/routes/list-dead-letters'
import { registerListProviders } from './admin/routes/list-providers'
import { registerListUserEntries } from './admin/routes/list-user-entries'
import { registerListUsers } from './admin/routes/list-users'
import { registerListViolations } from './admin/routes/list-violations'
import { registerRefundGeneration } from './admin/routes/refund-generation'
import { registerRefuseAdjustment } from './admin/routes/refuse-adjustment'
import { registerReplayDeadLetter } from './admin/routes/replay-dead-letter'
import { registerResetProvider } from './admin/routes/reset-provider'
import { registerShowRecovery } from './admin/routes/show-recovery'
import { registerShowUser } from './admin/routes/show-user'
import { registerTriggerRecovery } from './admin/routes/trigger-recovery'
import { registerVerifyUser } from './admin/routes/verify-user'
import { registerChangePassword } from './auth/routes/change-password'
import { registerCreateAccount } from './auth/routes/create-account'
import { registerListSessions } from './auth/routes/list-sessions'
import { registerLogin } from './auth/routes/login'
import { registerLogout } from './auth/routes/logout'
import { registerReadMe } from './auth/routes/read-me'
import { registerRefresh } from './auth/routes/refresh'
import { registerRevokeSession } from './auth/routes/revoke-session'
import { registerCancelBackgroundJob } from './backgrounds/routes/cancel-background-job'
import { registerChangeBackground } from './backgrounds/routes/change-background'
import { registerChangeBackgrounds } from './backgrounds/routes/change-backgrounds'
import { registerListBackgrounds } from './backgrounds/routes/list-backgrounds'
import { registerShowBackgroundJob } from './backgrounds/routes/show-background-job'
import { registerUndoBackground } from './backgrounds/routes/undo-background'
import { registerListEntries } from './credits/routes/list-entries'
import { registerListPrices } from './credits/routes/list-prices'
import { registerShowCredits } from './credits/routes/show-credits'
import { registerShowStatement } from './credits/routes/show-statement'
import { registerVerifyStatement } from './credits/routes/verify-statement'
import { registerCancelExport } from './exports/routes/cancel-export'
import { registerCheckVariant } from './exports/routes/check-variant'
import { registerCreateExport } from './exports/routes/create-export'
import { registerDownloadExport } from './exports/routes/download-export'
import { registerListExports } from './exports/routes/list-exports'
import { registerListFormats } from './exports/routes/list-formats'
import { registerListVariants } from './exports/routes/list-variants'
import { registerShowArchive } from './exports/routes/show-archive'
import { registerShowExport } from './exports/routes/show-export'
import { registerShowVariant } from './exports/routes/show-variant'
import { registerCancelGeneration } from './generations/routes/cancel-generation'
import { registerGenerate } from './generations/routes/generate'
import { registerListGenerations } from './generations/routes/list-generations'
import { registerListResults } from './generations/routes/list-results'
import { registerRetryGeneration } from './generations/routes/retry-generation'
import { registerShowGeneration } from './generations/routes/show-generation'
import { registerShowRecipe } from './generations/routes/show-recipe'
import { registerShowDeepHealth } from './health/show-deep-health'
import { registerShowHealth } from './health/show-health'
import type { App } from './http/app-env'
import { registerShowMedia } from './media/routes/show-media'
import { registerCreatePayment } from './payments/routes/create-payment'
import { registerListPaymentNotices } from './payments/routes/list-notices'
import { registerListPayments } from './payments/routes/list-payments'
import { registerListProducts } from './payments/routes/list-products'
import { registerReceiveDuitku } from './payments/routes/receive-duitku'
import { registerReceiveMidtrans } from './payments/routes/receive-midtrans'
import { registerReplayPaymentNotice } from './payments/routes/replay-notice'
import { registerShowPayment } from './payments/routes/show-payment'
import { registerShowReconciliation } from './payments/routes/show-reconciliation'
import { registerSimulatePayment } from './payments/routes/simulate-payment'
import { registerCancelSubscription } from './plans/routes/cancel-subscription'
import { registerListSubscriptions } from './plans/routes/list-subscriptions'
import { registerStartSubscription } from './plans/routes/start-subscription'
import { registerDraftPoses } from './poses/routes/draft-poses'
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
import { registerCreateQuote } from './quotes/routes/create-quote'
import { registerCreateUpload } from './uploads/routes/create-upload'
import { registerDeleteUpload } from './uploads/routes/delete-upload'
import { registerListUploads } from './uploads/routes/list-uploads'
import { registerShowUpload } from './uploads/routes/show-upload'

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
  registerDraftPoses(app)
  registerShowPosePreview(app)
  registerListPoseCategories(app)
  registerExportPose(app)

  // credits and payments
  registerShowCredits(app)
  registerListEntries(app)
  registerShowStatement(app)
  registerVerifyStatement(app)
  registerListPrices(app)
  registerCreateQuote(app)
  registerListProducts(app)
  registerCreatePayment(app)
  registerListPayments(app)
  registerShowPayment(app)
  registerSimulatePayment(app)
  registerReceiveDuitku(app)
  registerReceiveMidtrans(app)
  registerListSubscriptions(app)
  registerStartSubscription(app)
  registerCancelSubscription(app)

  // projects and pictures
  registerCreateProject(app)
  registerListProjects(app)
  registerShowProject(app)
  registerUpdateProject(app)
  registerDeleteProject(app)
  registerCreateUpload(app)
  registerListUploads(app)
  registerShowUpload(app)
  registerDeleteUpload(app)
  registerShowMedia(app)

  // generations
  registerGenerate(app)
  registerListGenerations(app)
  registerShowGeneration(app)
  registerListResults(app)
  registerCancelGeneration(app)
  registerRetryGeneration(app)
  registerShowRecipe(app)

  // backgrounds of finished pictures
  registerChangeBackground(app)
  registerChangeBackgrounds(app)
  registerUndoBackground(app)
  registerListBackgrounds(app)
  registerShowBackgroundJob(app)
  registerCancelBackgroundJob(app)

  // files of pictures
  registerListFormats(app)
  registerListVariants(app)
  registerShowVariant(app)
  registerCheckVariant(app)
  registerCreateExport(app)
  registerListExports(app)
  registerShowExport(app)
  registerCancelExport(app)
  registerDownloadExport(app)
  registerShowArchive(app)

  // live
  registerCreateTicket(app)
  registerListEvents(app)

  // admins: users and their money
  registerListUsers(app)
  registerShowUser(app)
  registerListUserEntries(app)
  registerVerifyUser(app)
  registerCreateAdjustment(app)
  registerListAdjustments(app)
  registerApproveAdjustment(app)
  registerRefuseAdjustment(app)
  registerRefundGeneration(app)
  registerListAudit(app)
  registerListViolations(app)
  registerListPaymentNotices(app)
  registerReplayPaymentNotice(app)
  registerShowReconciliation(app)

  // platform
  registerShowHealth(app)
  registerShowDeepHealth(app)
  registerListProviders(app)
  registerResetProvider(app)
  registerListDeadLetters(app)
  registerReplayDeadLetter(app)
  registerShowRecovery(app)
  registerTriggerRecovery(app)
}
