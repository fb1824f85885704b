"""The client protocol of a federation, with nothing but the standard library."""

import base64
import hashlib
import http.client
import json
import random
import time
import urllib.error
import urllib.parse
import urllib.request

PATIENCE = 600
LONGEST_PAUSE = 10.0


class Refused(Exception):
    """The federation said no, and would again."""

    def __init__(self, status, code, message):
        super().__init__(message)
        self.status, self.code = status, code


class Federation:
    """A federation, by its URL: http://HOST:PORT/federations/NAMESPACE/NAME."""

    def __init__(self, url, token=None):
        self.url = url.rstrip("/") + "/"
        self.authorization = {"Authorization": f"Bearer {token}"} if token else {}

    def join(self, client, examples):
        """Joins; whoever is unknown joins again."""
        self._send("POST", "clients", json.dumps({"id": client, "examples": examples}).encode())

    def task(self, client):
        """What to do; None while there is nothing."""
        answer = self._send("GET", f"task?client={urllib.parse.quote(client)}&wait=30s")
        return json.loads(answer) if answer else None

    def download(self, url, digest=None):
        """A file of a model."""
        while True:
            content = self._send("GET", url)
            if digest is None or hashlib.sha256(content).hexdigest() == digest:
                return content

    def upload(self, url, update, examples):
        """Sends an update. Once this returns, the federation has it for good; sending it twice does no harm."""
        digest = base64.b64encode(hashlib.sha256(update).digest()).decode()
        self._send("PUT", url, update, {"Hearth-Examples": str(examples), "Content-Digest": f"sha-256=:{digest}:"})

    def round(self, number, client):
        """What a round took of a client."""
        return json.loads(self._send("GET", f"rounds/{number}?client={urllib.parse.quote(client)}"))

    def _send(self, method, path, body=None, headers=None):
        """Sends until there is an answer for good: lost connections and answers that say "later" are tried again, with growing pauses."""
        start, pause = time.monotonic(), 0.2
        while True:
            request = urllib.request.Request(self.url + path, body, {"Content-Type": "application/octet-stream", **self.authorization, **(headers or {})}, method=method)
            try:
                with urllib.request.urlopen(request, timeout=120) as answer:
                    return answer.read()
            except urllib.error.HTTPError as e:
                code, message = self._explain(e)
                if e.code < 500 and e.code not in (408, 429) and code != "ERR_FEDERATION_SUSPENDED":
                    raise Refused(e.code, code, message) from e
                problem = message
            except (OSError, http.client.HTTPException) as e:
                problem = str(e)
            if time.monotonic() - start > PATIENCE:
                raise Refused(0, "", f"the federation has not answered for {PATIENCE} s; the last attempt: {problem}")
            time.sleep(pause * (0.5 + random.random()))
            pause = min(2 * pause, LONGEST_PAUSE)

    @staticmethod
    def _explain(error):
        try:
            answer = json.loads(error.read())
            return answer.get("errorCode", ""), f"{error.url} answered {error.code}: {answer.get('message', error.reason)}"
        except (OSError, ValueError, http.client.HTTPException):
            return "", f"{error.url} answered {error.code} {error.reason}"
