/** The table of contents: every entry point of the system, by area. All else is derived from this list. */
import type { Definition } from "../shared/entry/definition.ts";
import { getAccess } from "./access/get-access.ts";
import { listAllowedUsers } from "./access/list-allowed-users.ts";
import { approveProposal } from "./ai/approve-proposal.ts";
import { cancelAiRequest } from "./ai/cancel-ai-request.ts";
import { createAiRequest } from "./ai/create-ai-request.ts";
import { getAiRequest } from "./ai/get-ai-request.ts";
import { getAiUsage } from "./ai/get-ai-usage.ts";
import { listAiRequests } from "./ai/list-ai-requests.ts";
import { listProposals } from "./ai/list-proposals.ts";
import { postMcp } from "./ai/post-mcp.ts";
import { rejectProposal } from "./ai/reject-proposal.ts";
import { runAiRequest } from "./ai/run-ai-request.ts";
import { undoProposal } from "./ai/undo-proposal.ts";
import { closeDays } from "./analytics/close-days.ts";
import { createAnalyticsEvents } from "./analytics/create-analytics-events.ts";
import { createDashboardLink } from "./analytics/create-dashboard-link.ts";
import { foldEvents } from "./analytics/fold-events.ts";
import { foldMarket } from "./analytics/fold-market.ts";
import { getAnalytics } from "./analytics/get-analytics.ts";
import { getDashboard } from "./analytics/get-dashboard.ts";
import { listAnalyticsEvents } from "./analytics/list-analytics-events.ts";
import { refoldMarkets } from "./analytics/refold-markets.ts";
import { takeStock } from "./analytics/take-stock.ts";
import { applyEffects } from "./changes/apply-effects.ts";
import { writeLog } from "./changes/write-log.ts";
import { createClient } from "./clients/create-client.ts";
import { createInteraction } from "./clients/create-interaction.ts";
import { decayScores } from "./clients/decay-scores.ts";
import { deleteClient } from "./clients/delete-client.ts";
import { deleteClientProperty } from "./clients/delete-client-property.ts";
import { deleteClientShare } from "./clients/delete-client-share.ts";
import { deleteInteraction } from "./clients/delete-interaction.ts";
import { eraseClient } from "./clients/erase-client.ts";
import { getClient } from "./clients/get-client.ts";
import { getClientDependents } from "./clients/get-client-dependents.ts";
import { getClientScore } from "./clients/get-client-score.ts";
import { getCustomFields } from "./clients/get-custom-fields.ts";
import { getInteraction } from "./clients/get-interaction.ts";
import { listClientProperties } from "./clients/list-client-properties.ts";
import { listClientScores } from "./clients/list-client-scores.ts";
import { listClientShares } from "./clients/list-client-shares.ts";
import { listClients } from "./clients/list-clients.ts";
import { listInteractions } from "./clients/list-interactions.ts";
import { listPropertyClients } from "./clients/list-property-clients.ts";
import { mergeClients } from "./clients/merge-clients.ts";
import { putClientProperty } from "./clients/put-client-property.ts";
import { putClientShare } from "./clients/put-client-share.ts";
import { putCustomFields } from "./clients/put-custom-fields.ts";
import { restoreClient } from "./clients/restore-client.ts";
import { runErasure } from "./clients/run-erasure.ts";
import { undoMerge } from "./clients/undo-merge.ts";
import { updateClient } from "./clients/update-client.ts";
import { updateInteraction } from "./clients/update-interaction.ts";
import { approveCma } from "./cma/approve-cma.ts";
import { createCma } from "./cma/create-cma.ts";
import { createCmaLink } from "./cma/create-cma-link.ts";
import { deleteCmaLink } from "./cma/delete-cma-link.ts";
import { deleteCmaShare } from "./cma/delete-cma-share.ts";
import { fitMarkets } from "./cma/fit-markets.ts";
import { getCma } from "./cma/get-cma.ts";
import { getCmaReport } from "./cma/get-cma-report.ts";
import { getSharedReport } from "./cma/get-shared-report.ts";
import { listCmaLinks } from "./cma/list-cma-links.ts";
import { listCmas } from "./cma/list-cmas.ts";
import { putCmaShare } from "./cma/put-cma-share.ts";
import { refitMarkets } from "./cma/refit-markets.ts";
import { reviseCma } from "./cma/revise-cma.ts";
import { runCma } from "./cma/run-cma.ts";
import { createExport } from "./exports/create-export.ts";
import { getExport } from "./exports/get-export.ts";
import { listExports } from "./exports/list-exports.ts";
import { runExport } from "./exports/run-export.ts";
import { changePassword } from "./identity/change-password.ts";
import { confirmPasswordReset } from "./identity/confirm-password-reset.ts";
import { createBrokerage } from "./identity/create-brokerage.ts";
import { createUser } from "./identity/create-user.ts";
import { deactivateUser } from "./identity/deactivate-user.ts";
import { deleteBrokerageLogo } from "./identity/delete-brokerage-logo.ts";
import { deleteMyPhoto } from "./identity/delete-my-photo.ts";
import { deleteSession } from "./identity/delete-session.ts";
import { getBrokerage } from "./identity/get-brokerage.ts";
import { getHandOver } from "./identity/get-hand-over.ts";
import { getMe } from "./identity/get-me.ts";
import { getUser } from "./identity/get-user.ts";
import { handOverRecords } from "./identity/hand-over-records.ts";
import { listSessions } from "./identity/list-sessions.ts";
import { listUsers } from "./identity/list-users.ts";
import { login } from "./identity/login.ts";
import { logout } from "./identity/logout.ts";
import { putBrokerageLogo } from "./identity/put-brokerage-logo.ts";
import { putMyPhoto } from "./identity/put-my-photo.ts";
import { putUserRoles } from "./identity/put-user-roles.ts";
import { reactivateUser } from "./identity/reactivate-user.ts";
import { refreshSession } from "./identity/refresh-session.ts";
import { registerClient } from "./identity/register-client.ts";
import { requestPasswordReset } from "./identity/request-password-reset.ts";
import { runHandOver } from "./identity/run-hand-over.ts";
import { sendMail } from "./identity/send-mail.ts";
import { undoHandOver } from "./identity/undo-hand-over.ts";
import { updateBrokerage } from "./identity/update-brokerage.ts";
import { updateMe } from "./identity/update-me.ts";
import { updateUser } from "./identity/update-user.ts";
import { verifyEmail } from "./identity/verify-email.ts";
import { createImport } from "./imports/create-import.ts";
import { getImport } from "./imports/get-import.ts";
import { listImports } from "./imports/list-imports.ts";
import { runImport } from "./imports/run-import.ts";
import { undoImport } from "./imports/undo-import.ts";
import { createApiKey } from "./keys/create-api-key.ts";
import { deleteApiKey } from "./keys/delete-api-key.ts";
import { listApiKeys } from "./keys/list-api-keys.ts";
import { claimClient } from "./leads/claim-client.ts";
import { createLead } from "./leads/create-lead.ts";
import { getLeadRouting } from "./leads/get-lead-routing.ts";
import { listLeads } from "./leads/list-leads.ts";
import { moveUnansweredLeads } from "./leads/move-unanswered-leads.ts";
import { previewLeadRouting } from "./leads/preview-lead-routing.ts";
import { putLeadRouting } from "./leads/put-lead-routing.ts";
import { takeEnquiry } from "./leads/take-enquiry.ts";
import { createMedia } from "./media/create-media.ts";
import { deleteMedia } from "./media/delete-media.ts";
import { getMedia } from "./media/get-media.ts";
import { ingestPicture } from "./media/ingest-picture.ts";
import { ingestUpload } from "./media/ingest-upload.ts";
import { listMedia } from "./media/list-media.ts";
import { removeFiles } from "./media/remove-files.ts";
import { updateMedia } from "./media/update-media.ts";
import { createProperty } from "./properties/create-property.ts";
import { deleteProperty } from "./properties/delete-property.ts";
import { deletePropertyShare } from "./properties/delete-property-share.ts";
import { getProperty } from "./properties/get-property.ts";
import { listProperties } from "./properties/list-properties.ts";
import { listPropertyHistory } from "./properties/list-property-history.ts";
import { listPropertyShares } from "./properties/list-property-shares.ts";
import { putPropertyShare } from "./properties/put-property-share.ts";
import { restoreProperty } from "./properties/restore-property.ts";
import { updateProperty } from "./properties/update-property.ts";
import { getPhoto } from "./public/get-photo.ts";
import { getPublicProperty } from "./public/get-public-property.ts";
import { listPublicProperties } from "./public/list-public-properties.ts";
import { createRole } from "./roles/create-role.ts";
import { deleteRole } from "./roles/delete-role.ts";
import { getRole } from "./roles/get-role.ts";
import { listPermissions } from "./roles/list-permissions.ts";
import { listRoles } from "./roles/list-roles.ts";
import { putRolePermissions } from "./roles/put-role-permissions.ts";
import { updateRole } from "./roles/update-role.ts";
import { expireUnfinished } from "./service/expire-unfinished.ts";
import { getDocs } from "./service/get-docs.ts";
import { getHealth } from "./service/get-health.ts";
import { getJwks } from "./service/get-jwks.ts";
import { getOpenapi } from "./service/get-openapi.ts";
import { migrate } from "./service/migrate.ts";
import { notFound } from "./service/not-found.ts";
import { purgeDeleted } from "./service/purge-deleted.ts";
import { createTask } from "./tasks/create-task.ts";
import { deleteTask } from "./tasks/delete-task.ts";
import { deleteTaskShare } from "./tasks/delete-task-share.ts";
import { getTask } from "./tasks/get-task.ts";
import { listTasks } from "./tasks/list-tasks.ts";
import { putTaskShare } from "./tasks/put-task-share.ts";
import { remindOwners } from "./tasks/remind-owners.ts";
import { restoreTask } from "./tasks/restore-task.ts";
import { updateTask } from "./tasks/update-task.ts";
import { createTeam } from "./teams/create-team.ts";
import { deleteTeam } from "./teams/delete-team.ts";
import { deleteTeamMember } from "./teams/delete-team-member.ts";
import { getTeam } from "./teams/get-team.ts";
import { listTeams } from "./teams/list-teams.ts";
import { putTeamMember } from "./teams/put-team-member.ts";
import { updateTeam } from "./teams/update-team.ts";
import { listAuditCheckpoints } from "./trust/list-audit-checkpoints.ts";
import { listAuditEvents } from "./trust/list-audit-events.ts";
import { listChanges } from "./trust/list-changes.ts";
import { signCheckpoints } from "./trust/sign-checkpoints.ts";

export const areas = {
  service: [getHealth, getOpenapi, getDocs, getJwks, notFound, expireUnfinished, purgeDeleted, migrate],
  identity: [
    createBrokerage,
    getBrokerage,
    updateBrokerage,
    putBrokerageLogo,
    deleteBrokerageLogo,
    registerClient,
    login,
    refreshSession,
    logout,
    changePassword,
    requestPasswordReset,
    confirmPasswordReset,
    verifyEmail,
    listSessions,
    deleteSession,
    getMe,
    updateMe,
    putMyPhoto,
    deleteMyPhoto,
    listUsers,
    createUser,
    getUser,
    updateUser,
    deactivateUser,
    reactivateUser,
    putUserRoles,
    sendMail,
    handOverRecords,
    getHandOver,
    undoHandOver,
    runHandOver,
  ],
  properties: [
    listProperties,
    createProperty,
    getProperty,
    updateProperty,
    deleteProperty,
    restoreProperty,
    listPropertyHistory,
    listPropertyShares,
    putPropertyShare,
    deletePropertyShare,
  ],
  public: [listPublicProperties, getPublicProperty, getPhoto],
  media: [
    listMedia,
    createMedia,
    getMedia,
    updateMedia,
    deleteMedia,
    ingestUpload,
    ingestPicture,
    removeFiles,
  ],
  cma: [
    listCmas,
    createCma,
    getCma,
    getCmaReport,
    reviseCma,
    approveCma,
    listCmaLinks,
    createCmaLink,
    deleteCmaLink,
    getSharedReport,
    putCmaShare,
    deleteCmaShare,
    runCma,
    fitMarkets,
    refitMarkets,
  ],
  clients: [
    listClients,
    createClient,
    getClient,
    updateClient,
    deleteClient,
    restoreClient,
    getClientDependents,
    listClientShares,
    putClientShare,
    deleteClientShare,
    listClientProperties,
    putClientProperty,
    deleteClientProperty,
    listPropertyClients,
    getClientScore,
    listClientScores,
    decayScores,
    mergeClients,
    undoMerge,
    eraseClient,
    runErasure,
    listInteractions,
    createInteraction,
    getInteraction,
    updateInteraction,
    deleteInteraction,
    getCustomFields,
    putCustomFields,
  ],
  imports: [listImports, createImport, getImport, undoImport, runImport],
  leads: [
    createLead,
    listLeads,
    claimClient,
    getLeadRouting,
    previewLeadRouting,
    putLeadRouting,
    takeEnquiry,
    moveUnansweredLeads,
  ],
  exports: [listExports, createExport, getExport, runExport],
  tasks: [
    listTasks,
    createTask,
    getTask,
    updateTask,
    deleteTask,
    restoreTask,
    putTaskShare,
    deleteTaskShare,
    remindOwners,
  ],
  roles: [listRoles, createRole, getRole, updateRole, deleteRole, putRolePermissions, listPermissions],
  teams: [listTeams, createTeam, getTeam, updateTeam, deleteTeam, putTeamMember, deleteTeamMember],
  keys: [listApiKeys, createApiKey, deleteApiKey],
  access: [getAccess, listAllowedUsers],
  ai: [
    listAiRequests,
    createAiRequest,
    getAiRequest,
    cancelAiRequest,
    listProposals,
    approveProposal,
    rejectProposal,
    undoProposal,
    getAiUsage,
    runAiRequest,
    postMcp,
  ],
  analytics: [
    createDashboardLink,
    getDashboard,
    getAnalytics,
    listAnalyticsEvents,
    createAnalyticsEvents,
    foldEvents,
    closeDays,
    takeStock,
    foldMarket,
    refoldMarkets,
  ],
  changes: [applyEffects, writeLog],
  trust: [listChanges, listAuditEvents, listAuditCheckpoints, signCheckpoints],
} as const satisfies Record<string, readonly Definition[]>;

export const definitions: readonly Definition[] = Object.values(areas).flat();
