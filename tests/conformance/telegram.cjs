// Starts `telegram-test-api` (it has no command) on 127.0.0.1 and the port given, and mends three
// answers that are not Telegram's and that a real client trips over.
const { TelegramServer } = require("telegram-test-api/lib/telegramServer");

const server = new TelegramServer({ port: Number(process.argv[2]), host: "127.0.0.1" });

// A message's date is in seconds, and theirs is in milliseconds.
const addBotMessage = server.addBotMessage.bind(server);
server.addBotMessage = (...args) => {
  const message = addBotMessage(...args);
  return { ...message, date: Math.floor(message.date / 1000) };
};

// A tapped button names its chat, and the message it stands under has an id and a date.
const formatUpdate = TelegramServer.formatUpdate;
TelegramServer.formatUpdate = (update) => {
  const told = formatUpdate(update);
  if (told.callback_query) told.callback_query.chat_instance = "1";
  return told;
};

server.start();
