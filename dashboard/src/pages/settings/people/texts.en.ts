import type { Texts } from '../../../i18n/catalogue';

export const texts = {
  device: 'Browser',
  address: 'Address',
  since: 'Signed in',
  until: 'Ends at the latest',
  actions: 'Actions',
  thisBrowser: 'This browser',
  unknownDevice: 'Unknown program',
  programOn: '{program} on {system}',
  end: 'End',
  endNamed: 'End the session from {address}',
  endTitle: 'End the session from {address}?',
  endHelp:
    'The browser is signed out at once and must sign in again. What was not saved there is lost.',
  endKeep: 'Keep the session',
  endDo: 'End session',
  ended: 'The session from {address} is over.',
  noSessions: 'Signed in nowhere',
  noSessionsHelp: 'A session shows here from the next sign-in on.',

  about_owner: 'Everything, in every project.',
  about_admin: 'Creates projects and users; changes the projects they are owner or admin of.',
  about_auditor: 'Reads every project and what people did in BatAudit itself. Changes nothing.',
  about_viewer: 'Reads the projects they are a member of.',
  projectRole_owner: 'Owner',
  projectRole_admin: 'Admin',
  projectRole_viewer: 'Viewer',
  aboutProject_owner: 'Changes the project, and who its owners are.',
  aboutProject_admin: 'Changes the project: keys, rules, monitors, members.',
  aboutProject_viewer: 'Reads its events and figures.',
} as const satisfies Texts;
