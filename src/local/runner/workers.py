"""Simulated workers, as a process that takes a JSON request on each line of standard input and answers in the order of requests.

{"op": "answer", "url": ..., "kind": ..., "labels": [...]}                       -> {"answer": ..., "view": ...}
{"op": "expect", "data": <base64>, "transforms": [...]}                          -> {"kind": "image", "view": ...}
                                                                                    or {"kind": "undecodable" | "too-small", "reason": ...}
{"op": "check", "answer": ..., "labels": [...], "view": ..., "seen": ...}        -> {"differences": [...]}
"""

import base64
import json
import sys
import urllib.request

import answers
import pixels

FETCH_TIMEOUT = 30


def give_answer(request):
    with urllib.request.urlopen(request["url"], timeout=FETCH_TIMEOUT) as response:
        view = pixels.view(pixels.decode(response.read()))
    return {"answer": answers.answer(request["kind"], request["labels"], view, request.get("colors")), "view": view}


def expect(request):
    try:
        image = pixels.transform(pixels.decode(base64.b64decode(request["data"])), request["transforms"])
    except pixels.Undecodable as error:
        return {"kind": "undecodable", "reason": str(error)}
    except pixels.TooSmall as error:
        return {"kind": "too-small", "reason": str(error)}
    return {"kind": "image", "view": pixels.view(image)}


def check(request):
    view = request["view"]
    found = answers.view_differences(request["seen"], view) if request.get("seen") else []
    if request.get("answer"):
        found = found + answers.differences(request["answer"], request["labels"], view, request.get("colors"))
    return {"differences": found}


OPERATIONS = {"answer": give_answer, "expect": expect, "check": check}


def main():
    for line in sys.stdin:
        request = json.loads(line)
        try:
            result = OPERATIONS[request["op"]](request)
        except Exception as error:  # the driver decides what a failure means
            result = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps({"id": request["id"], **result}), flush=True)


if __name__ == "__main__":
    main()
