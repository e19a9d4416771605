"""A person signs in with the real MSAL Python or ADAL Python: JSON in on stdin, one JSON answer out on stdout.

The names are those of production, without ports; each is reached at the port that the test listens on.
"""
import json
import socket
import sys

asked = json.load(sys.stdin)
look_up = socket.getaddrinfo


def look_up_here(host, port, *more, **named):
    if host not in asked["ports"]:
        raise OSError("the test knows no host " + str(host))
    return look_up("127.0.0.1", asked["ports"][host], *more, **named)


socket.getaddrinfo = look_up_here


def by_msal():
    import msal

    client = msal.PublicClientApplication(
        client_id=asked["client"], authority=asked["authority"], instance_discovery=False
    )
    answer = client.acquire_token_by_username_password(asked["username"], asked["password"], asked["scopes"])
    return {
        "token": answer.get("access_token"),
        "error": " ".join(str(answer[name]) for name in ("error", "error_description") if name in answer),
    }


def by_adal():
    import adal

    context = adal.AuthenticationContext(asked["authority"], validate_authority=False)
    answer = context.acquire_token_with_username_password(
        asked["resource"], asked["username"], asked["password"], asked["client"]
    )
    return {"token": answer["accessToken"], "error": ""}


try:
    print(json.dumps({"msal": by_msal, "adal": by_adal}[asked["library"]]()))
except Exception as error:
    print(json.dumps({"token": None, "error": repr(error)}))
