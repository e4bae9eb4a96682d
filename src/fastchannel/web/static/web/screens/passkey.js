// Shows or makes a passkey for the form that asks for it, and sends what the device answered.
(() => {
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

  const named = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

  const asked = (options) => {
    const known = { ...options.publicKey, challenge: bytes(options.publicKey.challenge) };
    if (known.user) known.user = { ...known.user, id: bytes(known.user.id) };
    if (known.excludeCredentials) known.excludeCredentials = named(known.excludeCredentials);
    if (known.allowCredentials) known.allowCredentials = named(known.allowCredentials);
    return { publicKey: known };
  };

  const answered = (credential) => {
    const response = { clientDataJSON: text(credential.response.clientDataJSON) };
    for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (credential.response[name]) response[name] = text(credential.response[name]);
    }
    if (credential.response.getTransports) response.transports = credential.response.getTransports();
    return {
      id: credential.id,
      rawId: text(credential.rawId),
      type: credential.type,
      authenticatorAttachment: credential.authenticatorAttachment,
      clientExtensionResults: credential.getClientExtensionResults(),
      response,
    };
  };

  const say = (form, which) => {
    const fault = form.querySelector("[data-fault]");
    for (const line of fault.querySelectorAll("[data-when]")) line.hidden = line.dataset.when !== which;
    fault.hidden = !which;
  };

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const button = form.querySelector("button");
    if (!window.PublicKeyCredential) {
      button.disabled = true;
      say(form, "unable");
      continue;
    }
    button.addEventListener("click", async () => {
      say(form, "");
      button.disabled = true;
      try {
        const options = asked(JSON.parse(form.dataset.options));
        const credential = await navigator.credentials[form.dataset.passkey](options);
        form.elements.credential.value = JSON.stringify(answered(credential));
        form.submit();
      } catch (error) {
        button.disabled = false;
        say(form, error.name === "SecurityError" || error.name === "NotSupportedError" ? "unable" : "stopped");
      }
    });
  }
})();
