/** XML namespaces of the active protocols, under the prefixes by which their specifications know them. */

/** SOAP 1.2 */
export const SOAP = 'http://www.w3.org/2003/05/soap-envelope';
/** WS-Addressing 1.0 */
export const WSA = 'http://www.w3.org/2005/08/addressing';
/** WS-Security 1.0 */
export const WSSE = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd';
/** WS-Security 1.1 */
export const WSSE11 = 'http://docs.oasis-open.org/wss/oasis-wss-wssecurity-secext-1.1.xsd';
export const WSU = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd';
/** WS-Policy 1.2, the only one that clients look for in MEX. */
export const WSP = 'http://schemas.xmlsoap.org/ws/2004/09/policy';
/** WS-Policy 1.5; WS-Trust 1.4 §1.5 allows it beside 1.2. */
export const WSP15 = 'http://www.w3.org/ns/ws-policy';
/** WS-Trust 1.4 adds ActAs in a namespace of its own. */
export const WST14 = 'http://docs.oasis-open.org/ws-sx/ws-trust/200802';

/** WS-Addressing 1.0 Core §2.1: the reply travels back on the connection of the request. */
export const WSA_ANONYMOUS = `${WSA}/anonymous`;
/** WS-Addressing 1.0 SOAP Binding §6 */
export const WSA_FAULT_ACTION = `${WSA}/soap/fault`;
