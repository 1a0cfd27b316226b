import type { Translation } from '../../../i18n/catalogue';
import type { texts as english } from './texts.en';

export const texts: Translation<typeof english> = {
  title: 'Usuários',
  lead: 'Quem pode entrar nesta instalação, e o que a função de cada um permite.',
  invite: 'Convidar alguém',
  onlyRead: 'Você vê quem está aqui. Proprietários e administradores mudam isso.',
  beyond: 'Só proprietários mudam proprietários e auditores.',
  emptyTitle: 'Não há ninguém aqui',
  emptyHelp: 'Convide alguém para começar.',
  name: 'Nome',
  you: 'Você',
  role: 'Função',
  roleOf: 'Função de {name}',
  roleChanged: '{name}: {role}.',
  created: 'Aqui desde',
  actions: 'Ações',
  actionsFor: 'Ações para {name}',

  sessions: 'Sessões…',
  sessionsOf: 'Onde {name} está conectado',
  endAll: 'Encerrar todas',
  endAllTitle: 'Encerrar todas as sessões de {name}?',
  endAllHelp:
    'A pessoa sai de todos os navegadores na hora e precisa entrar de novo. O que ela não salvou se perde. A senha e os tokens pessoais continuam valendo.',
  endAllKeep: 'Manter as sessões',
  endAllDo: 'Encerrar todas as sessões',
  allEnded: '{name} saiu de todos os navegadores.',

  reset: 'Link para uma nova senha…',
  resetTitle: 'Uma nova senha para {name}?',
  resetHelp:
    'Você recebe um link com o qual a pessoa define uma nova senha: uma vez, em até 24 horas. Até lá a senha dela vale. Links anteriores deixam de funcionar.',
  resetDo: 'Criar o link',
  resetShown: 'Link para {name}',
  resetLink: 'Link de redefinição',
  resetMailed: 'Ele está a caminho de {email}. Entregue este só se o e-mail não chegar.',
  resetByHand: 'Nenhum e-mail foi enviado. Entregue o link você mesmo, e a mais ninguém.',
  resetUntil:
    'Ele vale uma vez, até {time}, e encerra as sessões e os tokens pessoais da pessoa quando for usado.',

  delete: 'Excluir…',
  deleteTitle: 'Excluir {name}?',
  deleteHelp:
    'A pessoa sai de todo lugar, os tokens pessoais dela deixam de funcionar, e ela não é mais membro de nenhum projeto. Isto não pode ser desfeito.',
  deleteStays: 'Chaves e projetos que ela criou ficam, e também o que ela fez.',
  deleteKeep: 'Manter o usuário',
  deleteDo: 'Excluir usuário',
  deleted: '{name} foi excluído.',
};
