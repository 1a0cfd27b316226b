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
  keys: 'Chaves',
  slugHint:
    'Um evento cujo nome de serviço é igual ao slug pertence a este projeto quando a chave vale para toda a instalação.',
  submit: 'Criar projeto',
};
