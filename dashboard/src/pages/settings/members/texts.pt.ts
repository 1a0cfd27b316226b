import type { Translation } from '../../../i18n/catalogue';
import type { texts as english } from './texts.en';

export const texts: Translation<typeof english> = {
  title: 'Membros',
  lead: 'Quem vê este projeto, e quem pode mudá-lo.',
  add: 'Adicionar membro',
  addTo: 'Adicionar um membro a {project}',
  onlyRead: 'Você vê quem é membro. Administradores e proprietários do projeto mudam isso.',
  everybody: 'Proprietários e auditores desta instalação veem todos os projetos sem serem membros.',
  emptyTitle: 'Ainda não há membros',
  emptyHelp: 'Adicione quem deve ver este projeto.',
  emptyRead: 'Administradores e proprietários do projeto adicionam membros.',
  name: 'Nome',
  email: 'E-mail',
  emailHint: 'De alguém que tem uma conta aqui.',
  unknown: 'Ninguém aqui tem este e-mail.',
  inviteThem: 'Convide a pessoa primeiro',
  role: 'Função no projeto',
  roleOf: 'Função de {name}',
  reads: 'só lê',
  readsHelp: 'A função da pessoa nesta instalação só lê, então a função aqui também.',
  actions: 'Ações',
  remove: 'Remover',
  removeNamed: 'Remover {name}',
  removed: '{name} não é mais membro.',
  changed: '{name}: {role}.',
};
