import type { Translation } from '../../../i18n/catalogue';
import type { texts as english } from './texts.en';

export const texts: Translation<typeof english> = {
  device: 'Navegador',
  address: 'Endereço',
  since: 'Entrou',
  until: 'Termina no máximo',
  actions: 'Ações',
  thisBrowser: 'Este navegador',
  unknownDevice: 'Programa desconhecido',
  programOn: '{program} em {system}',
  end: 'Encerrar',
  endNamed: 'Encerrar a sessão de {address}',
  endTitle: 'Encerrar a sessão de {address}?',
  endHelp:
    'O navegador sai da conta na hora e precisa entrar de novo. O que não foi salvo nele se perde.',
  endKeep: 'Manter a sessão',
  endDo: 'Encerrar sessão',
  ended: 'A sessão de {address} foi encerrada.',
  noSessions: 'Nenhuma sessão aberta',
  noSessionsHelp: 'Uma sessão aparece aqui a partir da próxima entrada.',

  about_owner: 'Tudo, em todos os projetos.',
  about_admin:
    'Cria projetos e usuários; muda os projetos dos quais é proprietário ou administrador.',
  about_auditor:
    'Lê todos os projetos e o que as pessoas fizeram no próprio BatAudit. Não muda nada.',
  about_viewer: 'Lê os projetos dos quais é membro.',
  projectRole_owner: 'Proprietário',
  projectRole_admin: 'Administrador',
  projectRole_viewer: 'Leitor',
  aboutProject_owner: 'Muda o projeto, e quem são os proprietários dele.',
  aboutProject_admin: 'Muda o projeto: chaves, regras, monitores, membros.',
  aboutProject_viewer: 'Lê os eventos e os números dele.',
};
