"""Fakes of GitHub's and GitLab's APIs on loopback, as far as the recipes use them, and a record of what they are asked.

They do what the real ones do with a comment: pages with a Link header, 401 without a token, 403 for one that may only read,
404 for what is not there, 422 for what is too long. A fault that is queued comes once, before or after the request is done.
"""

import json
import re
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


@dataclass
class Fault:
    """An answer in place of the right one."""

    status: int
    headers: dict = field(default_factory=dict)
    # Whether the request is carried out all the same, and only its answer is lost.
    done: bool = False


class Forge:
    """What both have in common. A subclass has `routes`: method, pattern of the path, function."""

    routes: list = []

    def __init__(self):
        self.requests = []
        self.faults = {}
        self.comments = {}
        self.next_id = 1000
        self.users = {}
        forge = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_one(self):
                length = int(self.headers.get("Content-Length") or 0)
                status, headers, answer = forge.answer(self.command, self.path, self.headers, self.rfile.read(length))
                body = json.dumps(answer).encode()
                self.send_response(status)
                for name, value in {"Content-Type": "application/json", **headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = handle_one

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def fail(self, method, *faults):
        """Queues faults for the next requests with this method."""
        self.faults.setdefault(method, []).extend(faults)

    def answer(self, method, target, headers, body):
        split = urlsplit(target)
        query = {name: values[0] for name, values in parse_qs(split.query).items()}
        self.requests.append((method, target))
        queue = self.faults.get(method)
        fault = queue.pop(0) if queue else None
        if fault and not fault.done:
            return fault.status, fault.headers, {"message": "the server has a fault"}
        user = self.users.get(self.token(headers))
        if not user:
            return 401, {}, {"message": "Bad credentials"}
        for wanted, pattern, act in self.routes:
            match = re.fullmatch(pattern, split.path)
            if wanted == method and match:
                if method != "GET" and not user["writes"]:
                    return 403, {}, {"message": "Resource not accessible by integration"}
                done = act(self, user, query, json.loads(body) if body else None, *match.groups())
                return (fault.status, fault.headers, {"message": "the answer is lost"}) if fault else done
        return 404, {}, {"message": "Not Found"}

    def page(self, items, query, path):
        """A part of a list, and the link to the next one."""
        size, number = int(query.get("per_page", 30)), int(query.get("page", 1))
        end = size * number
        links = f'<{self.url}{path}?per_page={size}&page=1>; rel="first"'
        if end < len(items):
            links += f', <{self.url}{path}?per_page={size}&page={number + 1}>; rel="next"'
        return 200, {"Link": links}, items[end - size : end]

    def add(self, request, body, **author):
        """Makes a comment, as somebody else would."""
        self.next_id += 1
        comment = {"id": self.next_id, "body": body, **author}
        self.comments.setdefault(int(request), []).append(comment)
        return comment

    def edit(self, number, body):
        for comments in self.comments.values():
            for comment in comments:
                if comment["id"] == int(number):
                    comment["body"] = body
                    return 200, {}, comment
        return 404, {}, {"message": "Not Found"}

    def written(self):
        """The requests that would change anything."""
        return [(method, target) for method, target in self.requests if method != "GET"]


class GitHub(Forge):
    """Repository `owner/landscapes`."""

    REPOSITORY = "owner/landscapes"

    def __init__(self):
        super().__init__()
        self.pulls = {}
        self.artifacts = {}

    def token(self, headers):
        return (headers.get("Authorization") or "").removeprefix("Bearer ")

    def list_artifacts(self, _user, query, _body, run):
        found = [a for a in self.artifacts.get(int(run), []) if query.get("name") in (None, a["name"])]
        return 200, {}, {"total_count": len(found), "artifacts": found}

    def pull(self, _user, _query, _body, number):
        pull = self.pulls.get(int(number))
        return (200, {}, pull) if pull else (404, {}, {"message": "Not Found"})

    def list_comments(self, _user, query, _body, number):
        return self.page(self.comments.get(int(number), []), query, f"/repos/{self.REPOSITORY}/issues/{number}/comments")

    def comment(self, user, _query, body, number):
        if int(number) not in self.pulls:
            return 404, {}, {"message": "Not Found"}
        if len(body["body"]) > 65536:
            return 422, {}, {"message": "Body is too long (maximum is 65536 characters)"}
        return 201, {}, self.add(number, body["body"], user=user["user"])

    def edit_comment(self, _user, _query, body, number):
        return self.edit(number, body["body"])

    routes = [
        ("GET", f"/repos/{REPOSITORY}/actions/runs/([0-9]+)/artifacts", list_artifacts),
        ("GET", f"/repos/{REPOSITORY}/pulls/([0-9]+)", pull),
        ("GET", f"/repos/{REPOSITORY}/issues/([0-9]+)/comments", list_comments),
        ("POST", f"/repos/{REPOSITORY}/issues/([0-9]+)/comments", comment),
        ("PATCH", f"/repos/{REPOSITORY}/issues/comments/([0-9]+)", edit_comment),
    ]


class GitLab(Forge):
    """Project 7."""

    def __init__(self):
        super().__init__()
        self.merge_requests = {}

    def token(self, headers):
        return headers.get("PRIVATE-TOKEN")

    def whoami(self, user, _query, _body):
        return 200, {}, user["author"]

    def merge_request(self, _user, _query, _body, number):
        found = self.merge_requests.get(int(number))
        return (200, {}, found) if found else (404, {}, {"message": "404 Not found"})

    def list_notes(self, _user, query, _body, number):
        return self.page(self.comments.get(int(number), []), query, f"/projects/7/merge_requests/{number}/notes")

    def note(self, user, _query, body, number):
        if int(number) not in self.merge_requests:
            return 404, {}, {"message": "404 Not found"}
        return 201, {}, self.add(number, body["body"], author=user["author"], system=False)

    def edit_note(self, _user, _query, body, _request, number):
        return self.edit(number, body["body"])

    routes = [
        ("GET", "/user", whoami),
        ("GET", "/projects/7/merge_requests/([0-9]+)", merge_request),
        ("GET", "/projects/7/merge_requests/([0-9]+)/notes", list_notes),
        ("POST", "/projects/7/merge_requests/([0-9]+)/notes", note),
        ("PUT", "/projects/7/merge_requests/([0-9]+)/notes/([0-9]+)", edit_note),
    ]
