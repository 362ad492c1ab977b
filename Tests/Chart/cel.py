"""Common Expression Language, run by an implementation of it."""

import celpy
from celpy import celtypes


def evaluate(expression, values):
    """The value of an expression, as Python's own bool or text where it is one."""
    environment = celpy.Environment()
    program = environment.program(environment.compile(expression))
    result = program.evaluate({key: celpy.json_to_cel(value) for key, value in values.items()})
    if isinstance(result, celtypes.BoolType):
        return bool(result)
    return str(result) if isinstance(result, celtypes.StringType) else result


def compiles(expression):
    try:
        celpy.Environment().compile(expression)
    except celpy.CELParseError:
        return False
    return True


class Decision:
    """What a ValidatingAdmissionPolicy says to a change: its variables in order, then every validation."""

    def __init__(self, policy, user, old, new):
        self.policy = policy
        self.values = {
            "object": new,
            "oldObject": old,
            "request": {"userInfo": user, "operation": "CREATE" if old is None else "UPDATE"},
        }
        self.messages = self._judge() if self._matches() else []

    @property
    def admitted(self):
        return not self.messages

    def _matches(self):
        conditions = self.policy["spec"].get("matchConditions", [])
        return all(evaluate(condition["expression"], self.values) for condition in conditions)

    def _judge(self):
        values = {**self.values, "variables": {}}
        for variable in self.policy["spec"]["variables"]:
            values["variables"][variable["name"]] = evaluate(variable["expression"], values)
        messages = []
        for validation in self.policy["spec"]["validations"]:
            if not evaluate(validation["expression"], values):
                text = validation["message"]
                if "messageExpression" in validation:
                    text = evaluate(validation["messageExpression"], values)
                messages.append(text)
        return messages
