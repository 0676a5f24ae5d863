// Makes one part of the page like another one and keeps what the person did to it: what has the focus, what was typed,
// what is open. Ids are read as attributes, for a form's fields hide its properties of the same name.
const idOf = (node) => node.getAttribute?.("id");

const morph = (old, fresh, keepOpen) => {
  if (old.nodeName !== fresh.nodeName || idOf(old) !== idOf(fresh)) {
    old.replaceWith(fresh);
    return;
  }
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
    return;
  }
  const kept = (name) => keepOpen && name === "open" && old.nodeName === "DETAILS";
  for (const { name } of [...old.attributes]) {
    if (!fresh.hasAttribute(name) && !kept(name)) old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value && !kept(name)) old.setAttribute(name, value);
  }
  morphChildren(old, fresh, keepOpen);
  // Fields that say what the page shows follow the address; those of other forms are the person's.
  if ("value" in old && old.form?.getAttribute("method") === "get" && old !== document.activeElement && old.value !== fresh.value) {
    old.value = fresh.value;
  }
};

// Children with an id are found by it. They stay where they are if they can: what is moved loses the focus.
const morphChildren = (old, fresh, keepOpen) => {
  const known = new Map();
  const wanted = new Set([...fresh.children].map(idOf));
  for (const child of [...old.children]) {
    const id = idOf(child);
    if (id && wanted.has(id)) known.set(id, child);
    else if (id) child.remove();
  }
  let at = old.firstChild;
  const drop = () => {
    const gone = at;
    at = at.nextSibling;
    gone.remove();
  };
  for (const next of [...fresh.childNodes]) {
    const same = known.get(idOf(next));
    if (same) {
      while (at && at !== same && !idOf(at)) drop();
      if (same === at) at = at.nextSibling;
      else old.insertBefore(same, at);
      morph(same, next, keepOpen);
    } else if (at && !idOf(at) && !idOf(next)) {
      const like = at;
      at = at.nextSibling;
      morph(like, next, keepOpen);
    } else {
      old.insertBefore(next, at);
    }
  }
  while (at) drop();
};
