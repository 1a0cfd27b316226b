// Whose role and access somebody may change, as the control store has it. Only for hiding what would be
// refused: the server decides.
import type { InstanceRole } from '../api/model';

/** The roles by what they may, the most first. */
export const INSTANCE_ROLES = [
  'owner',
  'admin',
  'auditor',
  'viewer',
] as const satisfies InstanceRole[];

/** Whether somebody with the role `own` may give, take or end the role `other`. */
export function mayManage(own: InstanceRole, other: InstanceRole): boolean {
  if (own === 'owner') return true;
  return own === 'admin' && (other === 'admin' || other === 'viewer');
}

/** The roles that somebody may invite others to. Another owner is only ever made of a user. */
export function invitable(own: InstanceRole): InstanceRole[] {
  return INSTANCE_ROLES.filter((role) => role !== 'owner' && mayManage(own, role));
}
