import type { InstanceRole, ProjectRole } from '../../../api/model';
import { useTexts } from '../../../i18n/catalogue';
import { peopleTexts } from './texts';

/** The roles in words: what they let one do, and what those in a project are called. */
export function useRoles() {
  const t = useTexts(peopleTexts);
  return {
    aboutRole: (role: InstanceRole) => t(`about_${role}`),
    projectRole: (role: ProjectRole) => t(`projectRole_${role}`),
    aboutProjectRole: (role: ProjectRole) => t(`aboutProject_${role}`),
  };
}
