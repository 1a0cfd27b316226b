import type { Translation } from '../../../i18n/catalogue';
import type { texts as english } from './texts.en';

export const texts: Translation<typeof english> = {
  title: 'Projetos',
  lead: 'Um projeto mantém separados os eventos de um produto, com chaves próprias.',
  create: 'Novo projeto',
  emptyTitle: 'Ainda não há projetos',
  emptyCreate: 'Crie um e depois gere uma chave de API para ele.',
  emptyAsk: 'Peça a um proprietário que adicione você a um projeto.',
  name: 'Nome',
  slug: 'Slug',
  created: 'Criado',
  links: 'Links',
  events: 'Eventos',
  keys: 'Chaves de API',
  members: 'Membros',
  own: 'O que as pessoas fazem no próprio BatAudit',
  archived: 'Arquivado',
  archivedSince: 'desde',
  slugHint:
    'Um evento cujo nome de serviço é igual ao slug pertence a este projeto quando a chave vale para toda a instalação.',
  submit: 'Criar projeto',
  actionsFor: 'Ações para {name}',
  failed: 'A mudança não foi feita.',

  rename: 'Renomear…',
  renameTitle: 'Renomear {name}',
  renameHint: 'O slug continua {slug}, pois aplicações escrevem nele.',

  archive: 'Arquivar…',
  archiveTitle: 'Arquivar {name}?',
  archiveHelp:
    'Em até um segundo as chaves dele são recusadas e ele não recebe mais eventos. As regras de anomalia descansam.',
  archiveStays: 'Nada é removido: tudo continua legível, e você pode reativá-lo.',
  archiveKeep: 'Deixar como está',
  archiveDo: 'Arquivar projeto',
  didArchive: '{name} está arquivado e não recebe eventos.',
  takeBack: 'Reativar',
  tookBack: '{name} recebe eventos de novo.',
};
