"""Batches (PROTOCOL.md) for engines that run whole scripts and go on after whatever becomes of a command: one process for all requests of a batch.

What a request names is taken to exist until the process says otherwise. Then the batch is begun again, without the requests that name what is not there.
"""
import bisect
import copy
from replay import Replay, beyond, instances, modules, names, script

LOST = {"is": "limit", "why": "the process was lost on an earlier request of the batch"}


class Batches(Replay):
    """By an engine that also answers `all` of some commands, loads among them; with none when they end its process, and then has its `fault`."""

    now = None  # the number of a batch's request

    def refuse(self, request, file, data):
        if self.now is None:
            return super().refuse(request, file, data)
        self.planned.append((self.now, ("load", request["module"], file, ()), lambda outcome: False))
        return self.failed.get(self.now)

    def ask(self, command, keep):
        if self.now is None:
            return super().ask(command, keep)
        self.planned.append((self.now, command, keep))
        return self.failed.get(self.now, {"is": "instantiated"})

    def note(self, command):
        if self.now is None:
            return super().note(command)
        self.planned.append((self.now, command, lambda outcome: True))

    def plan(self, requests):
        """The batch's commands; and the answers to requests that need none."""
        self.planned, lost, answers = [], set(), []
        for self.now, request in enumerate(requests):
            named = request.get("instances", [request["instance"]] if request["do"] in ("invoke", "get") else [])
            if (request["do"] == "instantiate" and request["module"] not in modules) or any(i not in instances or i in lost for i in named):
                answers.append({"is": "inapplicable", "why": "it could not be made"})
                continue
            answers.append(getattr(self, request["do"])(request))
            if request["do"] == "instantiate" and answers[-1]["is"] != "instantiated":
                lost.add(request["instance"])
        self.now = None
        return answers

    def all(self, count):
        said = self.engine.all(script + [command for _, command, _ in self.planned[:count]])
        return said and said[len(script):]

    def batch(self, request):
        requests, tables = request["requests"], (modules, instances, names, beyond, script)
        before = () if requests[0]["do"] == "reset" else copy.deepcopy(tables)
        self.failed = {}
        while True:
            for table, was in zip(tables, copy.deepcopy(before)):
                table.clear()
                table.extend(was) if table is script else table.update(was)
            answers = self.plan(requests)
            count = len(self.planned)
            said, fault = self.all(count), None
            if said is None:
                count = bisect.bisect_left(range(1, count), True, key=lambda n: self.all(n) is None)
                fault, said = self.engine.fault, self.all(count) or []
            news = {i: answer for (i, command, _), answer in zip(self.planned, said)
                    if i not in self.failed and (command[0], answer["is"]) not in (("load", "loaded"), ("instantiate", "instantiated")) and command[0] in ("load", "instantiate")}
            if not news:
                break
            self.failed.update(news)
        for (i, command, keep), answer in zip(self.planned, said):
            answers[i] = answer
            if keep(answer["is"]):
                script.append((*command, answer["is"] in ("trapped", "threw")))
        if fault:
            first = self.planned[count][0]
            answers[first:] = [{"is": "crashed", "why": fault}] + [LOST] * (len(requests) - first - 1)
        return {"is": "batch", "answers": answers}
