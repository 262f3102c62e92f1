// What Outlook calls when somebody presses Send. No async, no await: classic Outlook on Windows runs ES2016.
const REVIEWER = "http://127.0.0.1:8080"; // where `apology-review http` listens, as this page's visitors reach it
const SECONDS = 5; // Outlook tells its user by then that the check takes long
const WITHOUT_ANSWER = { allowEvent: true }; // for a house that sends nothing unjudged: allowEvent false, and a message

function onMessageSendHandler(event) {
  const item = Office.context.mailbox.item;
  const late = new Promise((_, reject) => setTimeout(reject, SECONDS * 1000, new Error("late")));
  const answer = Promise.all([read(item.subject), read(item.body, "html")]).then(check);
  Promise.race([answer, late]).then(completion).catch(() => WITHOUT_ANSWER).then((outcome) => event.completed(outcome));
}

function read(part, form) {
  return new Promise((resolve, reject) => {
    const take = (result) => (result.status === "succeeded" ? resolve(result.value) : reject(result.error));
    form ? part.getAsync(form, take) : part.getAsync(take);
  });
}

function check([subject, html]) {
  const request = {
    method: "POST",
    headers: { "content-type": "application/json" }, // and authorization: "Bearer ...", where the reviewer asks for it
    body: JSON.stringify({ subject: subject, html: html }),
  };
  return fetch(REVIEWER + "/v1/mails:check", request).then((response) => {
    if (!response.ok) throw new Error("HTTP " + response.status);
    return response.json();
  });
}

// softBlock and block are told apart in the manifest: it says what happens where this code cannot run.
function completion(answer) {
  if (answer.action === "allow") return { allowEvent: true };
  const outcome = { allowEvent: false, errorMessage: answer.reasons.join("\n").slice(0, 500) };
  if (answer.action === "promptUser") outcome.sendModeOverride = "promptUser"; // Mailbox 1.14: "Send Anyway" is offered
  return outcome;
}

Office.actions.associate("onMessageSendHandler", onMessageSendHandler);
