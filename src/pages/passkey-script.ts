/**
 * The script of the passkey pages, as text: the one thing that a page cannot do without JavaScript. Plain ES5 without
 * modules, as old web views refuse a script whole for one new word, and must still say that they cannot use passkeys.
 *
 * Owns: the ceremony (WebAuthn Level 3 §5.1) and its JSON. Does not own: the form (passkey-form.ts), nor judging the
 * answer. `parseCreationOptionsFromJSON` and `toJSON` are too new to rely upon, so bytes are turned by hand.
 */
export const PASSKEY_SCRIPT = String.raw`(function () {
  'use strict';
  var form, box, button, problem, creating;
  var running = false;

  function toBytes(text) {
    var binary = atob(text.replace(/-/g, '+').replace(/_/g, '/'));
    var bytes = new Uint8Array(binary.length);
    for (var i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
    return bytes;
  }

  function toText(buffer) {
    var bytes = new Uint8Array(buffer);
    var binary = '';
    for (var i = 0; i < bytes.length; i++) binary += String.fromCharCode(bytes[i]);
    return btoa(binary).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
  }

  function eachIdToBytes(list) {
    for (var i = 0; list && i < list.length; i++) list[i].id = toBytes(list[i].id);
  }

  function readOptions() {
    var options = JSON.parse(box.getAttribute('data-options'));
    options.challenge = toBytes(options.challenge);
    if (options.user) options.user.id = toBytes(options.user.id);
    eachIdToBytes(options.allowCredentials);
    eachIdToBytes(options.excludeCredentials);
    return options;
  }

  function writeCredential(credential) {
    var from = credential.response;
    var response = { clientDataJSON: toText(from.clientDataJSON) };
    if (creating) {
      response.attestationObject = toText(from.attestationObject);
      response.transports = from.getTransports ? from.getTransports() : [];
    } else {
      response.authenticatorData = toText(from.authenticatorData);
      response.signature = toText(from.signature);
      if (from.userHandle) response.userHandle = toText(from.userHandle);
    }
    return JSON.stringify({
      id: credential.id,
      rawId: toText(credential.rawId),
      type: credential.type,
      authenticatorAttachment: credential.authenticatorAttachment || undefined,
      clientExtensionResults: credential.getClientExtensionResults(),
      response: response
    });
  }

  function send(credential) {
    form.elements.response.value = writeCredential(credential);
    HTMLFormElement.prototype.submit.call(form);
  }

  function fail(error) {
    running = false;
    button.removeAttribute('aria-disabled');
    var known = error && error.name === 'InvalidStateError';
    var line = document.createElement('p');
    line.textContent = box.getAttribute(known ? 'data-already-known' : 'data-failed');
    problem.appendChild(line);
    button.focus();
  }

  function start() {
    running = true;
    button.setAttribute('aria-disabled', 'true');
    while (problem.firstChild) problem.removeChild(problem.firstChild);
    try {
      var asked = { publicKey: readOptions() };
      (creating ? navigator.credentials.create(asked) : navigator.credentials.get(asked)).then(send).then(null, fail);
    } catch (error) {
      fail(error);
    }
  }

  function prepare() {
    if (!window.PublicKeyCredential || !navigator.credentials) {
      document.getElementById('passkey-unavailable').hidden = false;
      return;
    }
    form = document.getElementById('passkey-form');
    box = document.getElementById('passkey');
    button = document.getElementById('passkey-button');
    problem = document.getElementById('passkey-problem');
    creating = box.getAttribute('data-ceremony') === 'create';
    form.addEventListener('submit', function (event) {
      event.preventDefault();
      if (!running) start();
    });
    button.hidden = false;
    if (!creating) button.focus();
  }

  document.documentElement.className = 'scripted';
  document.addEventListener('DOMContentLoaded', prepare);
})();
`;
