import type { Translation } from '../../i18n/catalogue';
import type { texts as english } from './texts.en';

export const texts: Translation<typeof english> = {
  title: 'Configurações',
  projects: 'Projetos',
  keys: 'Chaves de API',
  members: 'Membros',
  users: 'Usuários',
  notifications: 'Notificações',
  monitors: 'Monitores',
  wallboard: 'Painel de TV',
  retention: 'Retenção',
  masking: 'Mascaramento',
  account: 'Sua conta',
  preferences: 'Preferências',
};
