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
import { registerAvatarFromPreset } from './avatars/routes/avatar-from-preset'
import { registerAvatarFromReference } from './avatars/routes/avatar-from-reference'
import { registerCancelAvatarGeneration } from './avatars/routes/cancel-avatar-generation'
import { registerCreateAvatarProject } from './avatars/routes/create-avatar-project'
import { registerDeleteAvatar } from './avatars/routes/delete-avatar'
import { registerDeleteAvatarProject } from './avatars/routes/delete-avatar-project'
import { registerGenerateAvatar } from './avatars/routes/generate-avatar'
import { registerListAvatarGenerations } from './avatars/routes/list-avatar-generations'
import { registerListAvatarProjects } from './avatars/routes/list-avatar-projects'
import { registerListAvatarUsage } from './avatars/routes/list-avatar-usage'
import { registerListAvatars } from './avatars/routes/list-avatars'
import { registerListPresets } from './avatars/routes/list-presets'
import { registerListProjectAvatars } from './avatars/routes/list-project-avatars'
import { registerShowAvatar } from './avatars/routes/show-avatar'
import { registerShowAvatarGeneration } from './avatars/routes/show-avatar-generation'
import { registerShowAvatarProject } from './avatars/routes/show-avatar-project'
import { registerShowAvatarStats } from './avatars/routes/show-avatar-stats'
import { registerShowPreset } from './avatars/routes/show-preset'
import { registerShowPresetPicture } from './avatars/routes/show-preset-picture'
import { registerShowUsageSummary } from './avatars/routes/show-usage-summary'
import { registerUpdateAvatar } from './avatars/routes/update-avatar'
import { registerUpdateAvatarProject } from './avatars/routes/update-avatar-project'
import { registerUploadAvatar } from './avatars/routes/upload-avatar'
import { registerVaryAvatar } from './avatars/routes/vary-avatar'
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
import { registerAddPictureFavorite } from './generations/routes/add-picture-favorite'
import { registerCancelGeneration } from './generations/routes/cancel-generation'
import { registerGenerate } from './generations/routes/generate'
import { registerListGenerations } from './generations/routes/list-generations'
import { registerListResults } from './generations/routes/list-results'
import { registerRemovePictureFavorite } from './generations/routes/remove-picture-favorite'
import { registerRetryGeneration } from './generations/routes/retry-generation'
import { registerShowGeneration } from './generations/routes/show-generation'
import { registerShowRecipe } from './generations/routes/show-recipe'
import { registerShowDeepHealth } from './health/show-deep-health'
import { registerShowHealth } from './health/show-health'
import type { App } from './http/app-env'
import { registerCreatePoseCategory } from './library-admin/routes/create-category'
import { registerCreateLibraryPose } from './library-admin/routes/create-pose'
import { registerDeletePoseCategory } from './library-admin/routes/delete-category'
import { registerDeleteLibraryPose } from './library-admin/routes/delete-pose'
import { registerImportLibraryPoses } from './library-admin/routes/import-poses'
import { registerListCuratedCategories } from './library-admin/routes/list-categories'
import { registerListCuratedPoses } from './library-admin/routes/list-poses'
import { registerRestoreLibraryPose } from './library-admin/routes/restore-pose'
import { registerShowCuratedPose } from './library-admin/routes/show-pose'
import { registerUpdatePoseCategory } from './library-admin/routes/update-category'
import { registerUpdateLibraryPose } from './library-admin/routes/update-pose'
import { registerCreateAvatarReport } from './likeness/routes/create-report'
import { registerDecideAvatarReport } from './likeness/routes/decide-report'
import { registerListAvatarDeletions } from './likeness/routes/list-deletions'
import { registerListAvatarReports } from './likeness/routes/list-reports'
import { registerShowAvatarDeletion } from './likeness/routes/show-deletion'
import { registerShowLikenessPolicy } from './likeness/routes/show-policy'
import { registerShowAvatarReport } from './likeness/routes/show-report'
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
import { registerListApps } from './platform/routes/list-apps'
import { registerListAppsAsAdmin } from './platform/routes/list-apps-as-admin'
import { registerShowApp } from './platform/routes/show-app'
import { registerShowAppHealth } from './platform/routes/show-app-health'
import { registerUpdateApp } from './platform/routes/update-app'
import { registerAddPoseFavorite } from './poses/routes/add-favorite'
import { registerAddToCollection } from './poses/routes/add-to-collection'
import { registerCreateCollection } from './poses/routes/create-collection'
import { registerDeleteCollection } from './poses/routes/delete-collection'
import { registerDeleteOwnPose } from './poses/routes/delete-own-pose'
import { registerDraftPoses } from './poses/routes/draft-poses'
import { registerExportPose } from './poses/routes/export-pose'
import { registerFindNearestPoses } from './poses/routes/find-nearest-poses'
import { registerImportPose } from './poses/routes/import-pose'
import { registerListCollections } from './poses/routes/list-collections'
import { registerListLibrary } from './poses/routes/list-library'
import { registerListPoseCategories } from './poses/routes/list-pose-categories'
import { registerListPoseFacets } from './poses/routes/list-pose-facets'
import { registerListRecentPoses } from './poses/routes/list-recent-poses'
import { registerListSimilarPoses } from './poses/routes/list-similar-poses'
import { registerRatePose } from './poses/routes/rate-pose'
import { registerRemovePoseFavorite } from './poses/routes/remove-favorite'
import { registerRemoveFromCollection } from './poses/routes/remove-from-collection'
import { registerRemovePoseRating } from './poses/routes/remove-rating'
import { registerSavePose } from './poses/routes/save-pose'
import { registerShowCollection } from './poses/routes/show-collection'
import { registerShowOwnPicture } from './poses/routes/show-own-picture'
import { registerShowOwnPose } from './poses/routes/show-own-pose'
import { registerShowPose } from './poses/routes/show-pose'
import { registerShowPoseControl } from './poses/routes/show-pose-control'
import { registerShowPosePreview } from './poses/routes/show-pose-preview'
import { registerUpdateCollection } from './poses/routes/update-collection'
import { registerUpdateOwnPose } from './poses/routes/update-own-pose'
import { registerCreateTicket } from './progress/routes/create-ticket'
import { registerListEvents } from './progress/routes/list-events'
import { registerCreateProject } from './projects/routes/create-project'
import { registerDeleteProject } from './projects/routes/delete-project'
import { registerListProjects } from './projects/routes/list-projects'
import { registerShowProject } from './projects/routes/show-project'
import { registerUpdateProject } from './projects/routes/update-project'
import { registerCreateQuote } from './quotes/routes/create-quote'
import { registerCreateRequest } from './requests/routes/create-request'
import { registerDecideRequest } from './requests/routes/decide-request'
import { registerDeleteRequest } from './requests/routes/delete-request'
import { registerGiveVote } from './requests/routes/give-vote'
import { registerListRequests } from './requests/routes/list-requests'
import { registerListRequestsAsAdmin } from './requests/routes/list-requests-as-admin'
import { registerShowRequest } from './requests/routes/show-request'
import { registerTakeVote } from './requests/routes/take-vote'
import { registerUpdateRequest } from './requests/routes/update-request'
import { registerShowPoseStats } from './stats/routes/show-pose-stats'
import { registerShowStats } from './stats/routes/show-stats'
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
  registerListPoseFacets(app)
  registerShowPose(app)
  registerShowPoseControl(app)
  registerDraftPoses(app)
  registerShowPosePreview(app)
  registerListPoseCategories(app)
  registerListSimilarPoses(app)
  registerFindNearestPoses(app)
  registerExportPose(app)
  registerImportPose(app)
  registerSavePose(app)
  // Before the routes of one pose, whose path would take `recent` for an id.
  registerListRecentPoses(app)
  registerShowOwnPose(app)
  registerUpdateOwnPose(app)
  registerDeleteOwnPose(app)
  registerShowOwnPicture(app)

  // poses that people ask for
  registerCreateRequest(app)
  registerListRequests(app)
  registerShowRequest(app)
  registerUpdateRequest(app)
  registerDeleteRequest(app)
  registerGiveVote(app)
  registerTakeVote(app)
  registerListRequestsAsAdmin(app)
  registerDecideRequest(app)

  // favourites, ratings and collections of poses
  registerAddPoseFavorite(app)
  registerRemovePoseFavorite(app)
  registerRatePose(app)
  registerRemovePoseRating(app)
  registerCreateCollection(app)
  registerListCollections(app)
  registerShowCollection(app)
  registerUpdateCollection(app)
  registerDeleteCollection(app)
  registerAddToCollection(app)
  registerRemoveFromCollection(app)

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
  registerAddPictureFavorite(app)
  registerRemovePictureFavorite(app)
  registerShowStats(app)

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

  // avatars
  registerCreateAvatarProject(app)
  registerListAvatarProjects(app)
  registerShowAvatarProject(app)
  registerUpdateAvatarProject(app)
  registerListProjectAvatars(app)
  registerListAvatars(app)
  registerShowAvatar(app)
  registerUpdateAvatar(app)
  registerListAvatarUsage(app)
  registerShowUsageSummary(app)
  registerShowAvatarStats(app)
  registerListPresets(app)
  registerShowPreset(app)
  registerShowPresetPicture(app)

  // avatars: making them
  registerGenerateAvatar(app)
  registerAvatarFromPreset(app)
  registerAvatarFromReference(app)
  registerVaryAvatar(app)
  registerUploadAvatar(app)
  registerShowAvatarGeneration(app)
  registerListAvatarGenerations(app)
  registerCancelAvatarGeneration(app)

  // avatars: likeness
  registerShowLikenessPolicy(app)
  registerDeleteAvatar(app)
  registerDeleteAvatarProject(app)
  registerListAvatarDeletions(app)
  registerShowAvatarDeletion(app)
  registerCreateAvatarReport(app)
  registerListAvatarReports(app)
  registerShowAvatarReport(app)
  registerDecideAvatarReport(app)

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
  registerShowPoseStats(app)

  // admins: the pose library
  registerListCuratedPoses(app)
  registerShowCuratedPose(app)
  registerCreateLibraryPose(app)
  registerUpdateLibraryPose(app)
  registerDeleteLibraryPose(app)
  registerRestoreLibraryPose(app)
  registerImportLibraryPoses(app)
  registerListCuratedCategories(app)
  registerCreatePoseCategory(app)
  registerUpdatePoseCategory(app)
  registerDeletePoseCategory(app)

  // platform
  registerShowHealth(app)
  registerShowDeepHealth(app)
  registerListApps(app)
  registerShowApp(app)
  registerShowAppHealth(app)
  registerListAppsAsAdmin(app)
  registerUpdateApp(app)
  registerListProviders(app)
  registerResetProvider(app)
  registerListDeadLetters(app)
  registerReplayDeadLetter(app)
  registerShowRecovery(app)
  registerTriggerRecovery(app)
}
