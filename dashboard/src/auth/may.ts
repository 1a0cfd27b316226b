// What the signed-in person may do, as query-api's table of routes has it. Only for hiding what would
// be refused: the server decides.
import { useQuery } from '@tanstack/react-query';
import { membersQuery } from '../api/members';
import type { InstanceRole, ProjectRole } from '../api/model';
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

/** The rights of the signed-in person, in this project when one is given. Nothing until known. */
export function useRights(projectId?: string): Rights {
  const { data: me } = useQuery(meQuery);
  // Of the others the role on the instance says everything.
  const asks = me?.role === 'admin' && projectId !== undefined;
  const members = useQuery({ ...membersQuery(projectId ?? ''), enabled: asks });
  if (me === undefined) return NO_RIGHTS;
  const own = members.data?.find(({ user_id }) => user_id === me.id);
  return rightsOf(me.role, own?.role);
}
