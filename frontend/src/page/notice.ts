/** A notice that the page itself raises, when there is no server to write one; `again` is what its button tries once more. */
export function raiseNotice(title: string, text: string, again?: () => void): void {
  const notices = document.getElementById("notices");
  if (!notices) return;
  const notice = document.createElement("div");
  notice.id = "page-notice";
  notice.className = "notice notice-bad";
  notice.setAttribute("role", "alert");
  const body = document.createElement("div");
  body.className = "notice-body";
  body.append(paragraph(title, "notice-title"), paragraph(text));
  notice.append(body);
  if (again) notice.append(retry(again));
  dropNotice();
  notices.hidden = false;
  notices.prepend(notice);
}

export function dropNotice(): void {
  document.getElementById("page-notice")?.remove();
}

function retry(again: () => void): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button-plain button-small";
  button.textContent = "Try again";
  button.addEventListener("click", again);
  return button;
}

function paragraph(text: string, className = ""): HTMLParagraphElement {
  const element = document.createElement("p");
  element.className = className;
  element.textContent = text;
  return element;
}
