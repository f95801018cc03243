"""Starts the AWS emulator, with the few things changed in which it differs from AWS and that nobody can change from outside.

Written for ministack 1.5.33; an AttributeError or ImportError here means that another version is installed.
"""

import contextvars
import json
import os
import signal
import threading
import time

from ministack.core import iam_actions, iam_evaluator

# Loopback stands for TLS: policies that deny whatever does not come over TLS would otherwise deny everything.
_pin_request_origin = iam_evaluator.pin_request_origin
iam_evaluator.pin_request_origin = lambda source_ip, secure_transport: _pin_request_origin(source_ip, True)

# What allows one message allows a batch; actions of these names do not exist.
BATCHES = {
    "sns:PublishBatch": "sns:Publish",
    "sqs:SendMessageBatch": "sqs:SendMessage",
    "sqs:DeleteMessageBatch": "sqs:DeleteMessage",
    "sqs:ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility",
}
_enforce = iam_evaluator.enforce


def enforce(access_key_id, iam_action, *args, **kwargs):
    return _enforce(access_key_id, BATCHES.get(iam_action, iam_action), *args, **kwargs)


iam_evaluator.enforce = enforce

# Policies may allow events of certain sources only; the emulator does not tell them the source.
_request_tag_context = iam_actions.request_tag_context


def request_tag_context(service, iam_action, body, params):
    context = _request_tag_context(service, iam_action, body, params)
    if iam_action != "events:PutEvents":
        return context
    sources = sorted({str(entry.get("Source")) for entry in json.loads(body).get("Entries") or []})
    return {**context, "events:source": sources[0] if len(sources) == 1 else sources}


iam_actions.request_tag_context = request_tag_context

from ministack.services import eventbridge, lambda_svc  # noqa: E402

# Ground Truth's events come from our simulator. All other sources that belong to AWS stay refused, as AWS refuses them.
_put_events = eventbridge._put_events


def put_events(data, allow_aws_source=False):
    entries = data.get("Entries") or []
    simulated = bool(entries) and all(entry.get("Source") == "aws.sagemaker" for entry in entries)
    return _put_events(data, allow_aws_source or simulated)


eventbridge._put_events = put_events

# A throttled asynchronous event waits, for up to six hours; the emulator would drop it after two quick tries.
THROTTLED_FOR = 6 * 3600
_is_asynchronous = contextvars.ContextVar("asynchronous", default=False)
_execute_function = lambda_svc._execute_function
_invoke_async_with_retry = lambda_svc.invoke_async_with_retry


def execute_function(func, event):
    result = _execute_function(func, event)
    deadline = time.time() + THROTTLED_FOR
    while _is_asynchronous.get() and result.get("throttle") and time.time() < deadline:
        time.sleep(0.2)
        result = _execute_function(func, event)
    return result


def invoke_async_with_retry(func, event):
    contextvars.copy_context().run(lambda: (_is_asynchronous.set(True), _invoke_async_with_retry(func, event)))


def dispatch_to_lambda(arn, payload):
    """The event bus invokes asynchronously, hence with retries; the emulator would try once."""
    func, config, name = lambda_svc._get_func_record_for_ref(arn)
    if not func or not config:
        eventbridge.logger.warning("function %s of a rule not found", name)
        return
    invoke_async_with_retry(lambda_svc._execution_record_for_config(func, config), json.loads(payload))


lambda_svc._execute_function = execute_function
lambda_svc.invoke_async_with_retry = invoke_async_with_retry
eventbridge._dispatch_to_lambda = dispatch_to_lambda


def end_with_parent():
    """A parent that was killed cannot stop the emulator, nor the functions that it runs."""
    parent = os.getppid()

    def watch():
        while os.getppid() == parent:
            time.sleep(1)
        if os.getpgrp() == os.getpid():
            os.killpg(os.getpgrp(), signal.SIGKILL)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


if __name__ == "__main__":
    end_with_parent()
    from ministack.app import main

    main()
