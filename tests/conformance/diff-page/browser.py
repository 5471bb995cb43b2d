"""A headless Chromium, spoken to over two pipes, and a page in it that keeps a record of all it should not do."""

import base64
import fcntl
import json
import os
import pathlib
import shutil
import subprocess
import time

ANSWER_SECONDS = 60


class Browser:
    """Chromium with a profile of its own; it reaches no host."""

    def __init__(self, profile: pathlib.Path):
        program = shutil.which("chromium")
        if program is None:
            raise SystemExit("not so: there is a chromium")
        to_read, self.to = os.pipe()
        self.answers, to_write = os.pipe()
        # Chromium reads commands from descriptor 3 and writes answers to descriptor 4.
        ends = [fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in (to_read, to_write)]

        def connect():
            os.dup2(ends[0], 3)
            os.dup2(ends[1], 4)

        self.process = subprocess.Popen(
            [
                program,
                "--headless=new",
                "--remote-debugging-pipe",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--disable-component-update",
                "--no-first-run",
                "--hide-scrollbars",
                "--force-color-profile=srgb",
                "--host-resolver-rules=MAP * ~NOTFOUND",
                f"--user-data-dir={profile}",
            ],
            preexec_fn=connect,
            pass_fds=(3, 4),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for end in (to_read, to_write, *ends):
            os.close(end)
        os.set_blocking(self.answers, False)
        self.number = 0
        self.pending = b""
        self.results = {}
        self.listeners = {}

    def close(self):
        self.process.terminate()
        self.process.wait()

    def send(self, method, session=None, **parameters):
        """Sends a command and waits for its result; events that come before go to the page they are of."""
        self.number += 1
        command = {"id": self.number, "method": method, "params": parameters}
        if session:
            command["sessionId"] = session
        os.write(self.to, json.dumps(command).encode() + b"\0")
        until = time.monotonic() + ANSWER_SECONDS
        while self.number not in self.results:
            if self.process.poll() is not None or time.monotonic() > until:
                raise SystemExit(f"not so: chromium answers to {method}")
            self.listen()
        answer = self.results.pop(self.number)
        if "error" in answer:
            raise SystemExit(f"not so: {method} works: {answer['error']}")
        return answer["result"]

    def listen(self):
        """Takes in what has come; waits a moment if nothing has."""
        try:
            self.pending += os.read(self.answers, 1 << 20)
        except BlockingIOError:
            time.sleep(0.002)
            return
        *messages, self.pending = self.pending.split(b"\0")
        for message in map(json.loads, messages):
            if "id" in message:
                self.results[message["id"]] = message
            else:
                self.listeners.get(message.get("sessionId"), lambda _: None)(message)


class Page:
    """A tab. `faults` collects messages on the console, exceptions, requests and violations of the policy."""

    def __init__(self, browser, width=1280, height=900, dark=False, script=True):
        self.browser = browser
        target = browser.send("Target.createTarget", url="about:blank")["targetId"]
        self.target = target
        self.session = browser.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.faults = []
        self.requests = []
        self.loaded = False
        browser.listeners[self.session] = self.event
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.send(f"{domain}.enable")
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        # Every page takes itself for the one in front, or it would not hear of the focus.
        self.send("Emulation.setFocusEmulationEnabled", enabled=True)
        self.set_dark(dark)
        if not script:
            self.send("Emulation.setScriptExecutionDisabled", value=True)
        watch = (
            "window.violations = [];"
            "addEventListener('securitypolicyviolation', (event) => violations.push(event.violatedDirective));"
        )
        self.send("Page.addScriptToEvaluateOnNewDocument", source=watch)

    def set_dark(self, dark):
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.send("Emulation.setEmulatedMedia", features=[scheme])

    def send(self, method, **parameters):
        return self.browser.send(method, self.session, **parameters)

    def event(self, message):
        method, parameters = message["method"], message["params"]
        if method == "Runtime.consoleAPICalled":
            self.faults.append(f"console.{parameters['type']}: {parameters['args']}")
        elif method == "Runtime.exceptionThrown":
            self.faults.append(f"exception: {parameters['exceptionDetails']}")
        elif method == "Log.entryAdded":
            self.faults.append(f"log: {parameters['entry']}")
        elif method == "Network.requestWillBeSent":
            self.requests.append(parameters["request"]["url"])
        elif method == "Page.javascriptDialogOpening":
            self.faults.append(f"dialog: {parameters}")
        elif method == "Page.loadEventFired":
            self.loaded = True

    def open(self, path: pathlib.Path):
        """Opens a file; how many seconds that takes."""
        self.loaded = False
        begun = time.monotonic()
        self.send("Page.navigate", url=path.as_uri())
        while not self.loaded:
            if time.monotonic() - begun > ANSWER_SECONDS:
                raise SystemExit(f"not so: {path} loads")
            self.browser.listen()
        return time.monotonic() - begun

    def ask(self, expression):
        """The value of an expression; a promise is waited for."""
        found = self.send("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in found:
            raise SystemExit(f"not so: `{expression}` can be evaluated: {found['exceptionDetails']}")
        return found["result"].get("value")

    def click(self, selector):
        """Presses the mouse in the middle of an element, as a person would."""
        self.ask(f"document.querySelector({json.dumps(selector)}).scrollIntoView({{block: 'center'}})")
        box = self.ask(
            f"(() => {{ const box = document.querySelector({json.dumps(selector)}).getBoundingClientRect();"
            " return [box.x + box.width / 2, box.y + box.height / 2]; })()"
        )
        for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
            button = {} if kind == "mouseMoved" else {"button": "left", "clickCount": 1}
            self.send("Input.dispatchMouseEvent", type=kind, x=box[0], y=box[1], **button)

    def type(self, selector, text):
        self.ask(f"document.querySelector({json.dumps(selector)}).focus()")
        self.send("Input.insertText", text=text)

    def press(self, key):
        for kind in ("keyDown", "keyUp"):
            self.send("Input.dispatchKeyEvent", type=kind, key=key, text="\r" if key == "Enter" else "")

    def screenshot(self, path: pathlib.Path, whole=False):
        parameters = {"captureBeyondViewport": whole}
        if whole:
            size = self.send("Page.getLayoutMetrics")["cssContentSize"]
            parameters["clip"] = {**size, "scale": 1}
        picture = self.send("Page.captureScreenshot", format="png", **parameters)["data"]
        path.write_bytes(base64.b64decode(picture))

    def close(self):
        self.browser.listeners.pop(self.session, None)
        self.browser.send("Target.closeTarget", targetId=self.target)
