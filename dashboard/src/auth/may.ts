// What the signed-in person may do, as query-api's table of routes has it. Only for hiding what would
// be refused: the server decides.
import { useQuery } from '@tanstack/react-query';
import type { InstanceRole, ProjectRole, User } from '../api/model';
import { meQuery } from '../api/session';

export interface Rights {
  /** See users, invitations and everything of the instance; auditors only look. */
  seeInstance: boolean;
  /** Create projects, invite people, run SQL. */
  manageInstance: boolean;
  /** The one who may do everything, such as making a key for the whole installation. */
  ownInstance: boolean;
  /** See keys, masking rules and holds of the project. */
  seeProject: boolean;
  /** Change the project: keys, rules, monitors, members. Without a project: of none. */
  manageProject: boolean;
}

export const NO_RIGHTS: Rights = {
  seeInstance: false,
  manageInstance: false,
  ownInstance: false,
  seeProject: false,
  manageProject: false,
};

/**
 * The rights of somebody with this role on the instance and this one in the project in view. Owners and
 * auditors see every project; whoever only reads on the instance only reads in every project.
 */
export function rightsOf(instance: InstanceRole, project: ProjectRole | undefined): Rights {
  const owner = instance === 'owner';
  const auditor = instance === 'auditor';
  const manageProject =
    owner || (instance === 'admin' && (project === 'owner' || project === 'admin'));
  return {
    seeInstance: instance !== 'viewer',
    manageInstance: owner || instance === 'admin',
    ownInstance: owner,
    seeProject: manageProject || auditor,
    manageProject,
  };
}

/** The same, of what the server says about the person who is signed in. */
export function rightsIn(me: User, projectId: string | undefined): Rights {
  return rightsOf(me.role, me.projects.find(({ id }) => id === projectId)?.role);
}

/** Whether the signed-in person may change a project, for choosing among several. */
export function useMayManage(): (projectId: string) => boolean {
  const { data: me } = useQuery(meQuery);
  return (projectId) => me !== undefined && rightsIn(me, projectId).manageProject;
}

/** The rights of the signed-in person, in this project when one is given. Nothing until known. */
export function useRights(projectId?: string): Rights {
  const { data: me } = useQuery(meQuery);
  return me === undefined ? NO_RIGHTS : rightsIn(me, projectId);
}
