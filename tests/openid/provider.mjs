// A real OpenID Connect provider for tests: node provider.mjs <port> <redirect uri>
// Whoever signs in as `<name> <e-mail> [unverified]` is exactly that; every password is right.
import { Provider } from "oidc-provider";

const [port, redirectUri] = process.argv.slice(2);

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{ client_id: "finora", client_secret: "a secret of the tests", redirect_uris: [redirectUri] }],
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
  pkce: { required: () => true },
  cookies: { keys: ["tests"] },
  findAccount: (_context, login) => {
    const [subject, email, doubt] = login.split(" ");
    return {
      accountId: login,
      claims: () => ({ sub: login, email, email_verified: doubt !== "unverified", name: `Name of ${subject}` }),
    };
  },
});

provider.listen(Number(port), "127.0.0.1", () => console.log("ready"));
