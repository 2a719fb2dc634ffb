// Reads the page as a person does: opens each tab and each entry of each menu, and writes what it
// saw into the document, where `cargo xtask docs --check` finds it. Only the page that is checked
// has this.
(async () => {
  const pause = () => new Promise((resume) => setTimeout(resume, 1));
  const choose = async (menu, value) => {
    Object.getOwnPropertyDescriptor(HTMLSelectElement.prototype, "value").set.call(menu, value);
    menu.dispatchEvent(new Event("change", { bubbles: true }));
    await pause();
  };
  const choices = (menu) => [...menu.options].map((option) => option.value);
  const mediaTypeOf = (panel) => (panel.innerText.match(/application\/[a-z0-9.+-]+/) || [""])[0];
  const shown = (panel) => {
    const json = panel.querySelector(".redoc-json");
    return json ? json.textContent : "";
  };

  // What a panel shows for each entry of each of its menus, beginning with the n-th.
  const entries = async (panel, n, mediaType) => {
    const menu = panel().querySelectorAll("select")[n];
    if (!menu) {
      return [{ mediaType: mediaType || mediaTypeOf(panel()), body: shown(panel()) }];
    }
    const seen = [];
    for (const value of choices(menu)) {
      await choose(panel().querySelectorAll("select")[n], value);
      const chosen = panel().querySelectorAll("select")[n].selectedOptions[0].text;
      const named = chosen.startsWith("application/") ? chosen : mediaType;
      seen.push(...(await entries(panel, n + 1, named)));
    }
    return seen;
  };

  for (let tries = 0; tries < 2000 && !document.querySelector("[id*='/operation/']"); tries++) {
    await pause();
  }
  const seen = [];
  for (const section of document.querySelectorAll("[id*='/operation/']")) {
    const operation = section.id.split("/operation/")[1];
    const bodies = [];
    for (const tab of section.querySelectorAll("[role=tab]")) {
      tab.click();
      await pause();
      const panel = () => document.getElementById(tab.getAttribute("aria-controls"));
      for (const entry of await entries(panel, 0, "")) {
        bodies.push({ tab: tab.innerText.trim(), ...entry });
      }
    }
    seen.push({ operation, text: section.innerText, bodies });
  }
  const result = document.createElement("pre");
  result.id = "seen";
  result.textContent = JSON.stringify(seen);
  document.body.append(result);
})();
