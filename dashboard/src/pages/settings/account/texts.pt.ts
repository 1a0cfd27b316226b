import type { Translation } from '../../../i18n/catalogue';
import type { texts as english } from './texts.en';

export const texts: Translation<typeof english> = {
  title: 'Sua conta',
  lead: 'Quem você é aqui. Um proprietário desta instalação muda sua função.',
  name: 'Nome',
  email: 'E-mail',
  role: 'Função',

  password: 'Senha',
  passwordLead:
    'Trocá-la encerra suas outras sessões. Quem entra só por login único pede a um proprietário um link de redefinição para ter uma.',
  current: 'Senha atual',
  new: 'Nova senha',
  change: 'Trocar a senha',
  changed: 'Sua senha foi trocada, e suas outras sessões terminaram.',

  sessions: 'Onde você está conectado',
  sessionsLead: 'Encerre o que não reconhecer e depois troque sua senha.',
  endOthers: 'Encerrar todas as outras',
  endOthersTitle: 'Encerrar todas as outras sessões?',
  endOthersHelp: {
    one: 'Você continua conectado aqui. {count} outro navegador sai da conta na hora e terá de entrar de novo; o que não foi salvo nele se perde.',
    other:
      'Você continua conectado aqui. {count} outros navegadores saem da conta na hora e terão de entrar de novo; o que não foi salvo neles se perde.',
  },
  othersEnded: 'Agora você está conectado só aqui.',
};
