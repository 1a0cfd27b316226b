// Which roles in a project somebody may give and take, as query-api decides it.
import type { InstanceRole, ProjectRole } from '../../../api/model';

/** The roles by what they may, the most first. */
export const PROJECT_ROLES = ['owner', 'admin', 'viewer'] as const satisfies ProjectRole[];

/** The roles that somebody who may change the project may give: only owners decide who its owners are. */
export function givable(instance: InstanceRole, own: ProjectRole | undefined): ProjectRole[] {
  const owns = instance === 'owner' || own === 'owner';
  return PROJECT_ROLES.filter((role) => role !== 'owner' || owns);
}
