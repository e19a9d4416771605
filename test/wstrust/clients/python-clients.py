"""Lets the real Python libraries read documents: JSON in on stdin, JSON out on stdout.

MSAL Python and ADAL Python are the clients; zeep stands for strict WSDL tools.
"""
import json
import os
import sys
import tempfile
from xml.etree import ElementTree as ET

from adal.mex import Mex as AdalMex
from adal.wstrust_request import WSTrustRequest
from adal.wstrust_response import WSTrustResponse
from adal.constants import WSTrustVersion
from msal import mex, wstrust_request, wstrust_response

ADAL_VERSIONS = {"1.3": WSTrustVersion.WSTRUST13, "2005": WSTrustVersion.WSTRUST2005}


def windows_endpoints(text):
    document = mex.Mex(text)
    found = document._get_endpoints(document._get_bindings(), document._get_iwa_policy_ids())
    return sorted([endpoint["action"], endpoint["address"]] for endpoint in found)


def msal_password(text):
    found = mex.Mex(text).get_wstrust_username_password_endpoint()
    return [found["action"], found["address"]]


def adal_password(text):
    document = AdalMex({"log_context": {"correlation_id": "test"}}, "https://idp.example.test/mex")
    document._dom = ET.fromstring(text.encode("utf-8"))
    document._parents = {child: parent for parent in document._dom.iter() for child in parent}
    document._parse()
    return [document.username_password_policy["version"], document.username_password_policy["url"]]


def msal_request(address, version, username, password):
    action = {"1.3": mex.Mex.ACTION_13, "2005": mex.Mex.ACTION_2005}[version]
    return wstrust_request._build_rst(username, password, "urn:federation:MicrosoftOnline", address, action)


def adal_request(address, version, username, password):
    context = {"log_context": {"correlation_id": "test"}}
    return WSTrustRequest(context, address, "urn:federation:MicrosoftOnline", ADAL_VERSIONS[version])._build_rst(
        username, password
    )


def msal_token(text, _version):
    found = wstrust_response.parse_response(text)
    return [found["token"].decode("utf-8"), found["type"]]


def adal_read(text, version):
    response = WSTrustResponse({"log_context": {"correlation_id": "test"}}, text, ADAL_VERSIONS[version])
    response.parse()
    return response


def adal_token(text, version):
    response = adal_read(text, version)
    return [response.token.decode("utf-8"), response.token_type]


def adal_fault(text):
    try:
        adal_read(text, "1.3")
    except Exception as error:  # AdalError, whatever its module is called
        return str(error)
    return None


def wsdl_operations(text):
    from zeep import Client

    handle, path = tempfile.mkstemp(suffix=".wsdl")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        service = Client(path).wsdl.services["SecurityTokenService"]
        return {
            name: {
                operation: [binding.input.body.qname.text, binding.output.body.qname.text]
                for operation, binding in port.binding._operations.items()
            }
            for name, port in service.ports.items()
        }
    finally:
        os.unlink(path)


ASKS = {
    "windows_endpoints": windows_endpoints,
    "msal_password": msal_password,
    "adal_password": adal_password,
    "msal_request": msal_request,
    "adal_request": adal_request,
    "msal_token": msal_token,
    "msal_fault": wstrust_response.parse_error,
    "adal_token": adal_token,
    "adal_fault": adal_fault,
    "wsdl_operations": wsdl_operations,
}

answers = []
for ask in json.load(sys.stdin):
    try:
        answers.append({"answer": ASKS[ask["ask"]](*ask["with"])})
    except Exception as error:
        answers.append({"failure": repr(error)})
json.dump(answers, sys.stdout)
