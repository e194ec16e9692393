import { systemClock } from "../cluster/live-clock.ts";
import { Attempts } from "./attempts.ts";
import { type Authority, type Leaf, makeAuthority, makeLeaf } from "./authority.ts";
import { authorityIn, authorityReason, isValid, leafReason, reasonTexts } from "./authority-renewal.ts";
import { AuthoritySecret } from "./authority-secret.ts";
import { bundleTexts, type Trust, wantedBundle } from "./bundle.ts";
import { canonical } from "./certificate.ts";
import { CertificateTime } from "./certificate-time.ts";
import { Confidence } from "./confidence.ts";
import { ConfigurationBundle, configurationKinds } from "./configuration-bundle.ts";
import { Published } from "./published.ts";
import { certificatesIn, isSame } from "./read.ts";
import { type State, selfManagedChecks } from "./self-managed-checks.ts";
import type { SelfManagedOptions } from "./self-managed-options.ts";
import type { CertificateSource, SourceCheck } from "./source.ts";

/** Short, and compared with the wall clock: a machine that was suspended is late by no more than this. */
const tickMs = 1000;

/**
 * The CA is kept in a Secret that all replicas share, and each makes its own leaf in memory. There is no leader:
 * whoever finds that a CA is due writes one, and who comes second takes it. Another CA is first trusted, beside the
 * earlier ones, and then signed with.
 */
export class SelfManaged implements CertificateSource {
  readonly checks: readonly SourceCheck[];
  readonly #published = new Published();
  readonly #options: Required<SelfManagedOptions>;
  readonly #secret: AuthoritySecret;
  readonly #bundles: readonly ConfigurationBundle[];
  readonly #attempts: Attempts;
  readonly #time: CertificateTime;
  #leaf: Leaf | undefined;
  /** The Secret's, or the last that it held. */
  #newest: Authority | undefined;
  readonly #confidence: Confidence;
  #wanted = false;
  #running: Promise<void> | undefined;
  #stopped = false;
  #cancelTick: () => void = () => {};

  constructor(options: SelfManagedOptions) {
    const hosts = options.hosts.map(canonical);
    this.#options = { clock: systemClock, wall: () => Date.now(), ...options, hosts };
    const { client, namespace, secretName, configurationName, clock, wall } = this.#options;
    const following = { clock, wall, onChange: () => this.#wake() };
    this.#attempts = new Attempts(clock, this.#options.observe);
    this.#secret = new AuthoritySecret(client, { namespace, name: secretName }, following);
    this.#bundles = configurationKinds.map(
      (kind) => new ConfigurationBundle(client, kind, configurationName, following),
    );
    this.#confidence = new Confidence(this.#bundles, clock, this.#options.leafMs);
    this.#time = new CertificateTime(wall, clock, () => this.#secret.aheadMs);
    this.checks = selfManagedChecks(() => this.#state());
    this.#tick();
  }

  get tally(): CertificateSource["tally"] {
    return this.#attempts.tally;
  }

  get current(): CertificateSource["current"] {
    return this.#published.current;
  }

  get whenServing(): Promise<void> {
    return this.#published.whenServing;
  }

  expiry(): ReturnType<CertificateSource["expiry"]> {
    return { leaf: this.#leaf?.cert.notAfter, ca: this.#newest?.cert.notAfter };
  }

  onChange(...[listener]: Parameters<CertificateSource["onChange"]>): void {
    this.#published.onChange(listener);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelTick();
    this.#attempts.stop();
    await Promise.all([this.#secret.stop(), ...this.#bundles.map((bundle) => bundle.stop())]);
    await this.#running;
    this.#published.end();
  }

  #state(): State {
    return {
      now: this.#time.now(),
      leaf: this.#leaf,
      secret: this.#secret,
      bundles: this.#bundles,
      distrust: this.#confidence.lost(this.#leaf),
      problems: this.#attempts.problems,
    };
  }

  #tick(): void {
    this.#cancelTick = this.#options.clock.after(tickMs, () => {
      this.#wake();
      this.#tick();
    });
  }

  #wake(): void {
    this.#wanted = true;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  async #run(): Promise<void> {
    while (this.#wanted && !this.#stopped) {
      this.#wanted = false;
      if (this.#time.hasJumped()) await this.#secret.refresh();
      this.#time.settle();
      this.#attempts.unread("ca", this.#secret.failure);
      for (const { failure, label } of this.#bundles) this.#attempts.unread("caBundle", failure, label);
      // Needs nobody else, and so waits for nobody.
      await this.#ensureLeaf();
      if (this.#secret.isKnown) await this.#ensureAuthority();
      await this.#ensureLeaf();
      // At once: until then the API server may trust nobody.
      await Promise.all(this.#bundles.map((bundle) => this.#ensureBundle(bundle)));
      this.#confidence.lost(this.#leaf);
    }
  }

  async #ensureAuthority(): Promise<void> {
    const now = this.#time.now();
    const { stored, version } = this.#secret;
    const reason = authorityReason(stored, now);
    if (reason === undefined) this.#attempts.settled("ca");
    else
      await this.#attempts.make({ of: "ca", reason, detail: reasonTexts[reason] }, async () => {
        const made = await makeAuthority(now, this.#options.caMs);
        const { required, earlier, ...time } = this.#trust();
        const trust = { ...time, required: [made.cert], earlier: [...required, ...earlier] };
        return this.#secret.write(made, wantedBundle("", trust), version);
      });
    const held = authorityIn(this.#secret.stored);
    const isOther = held !== undefined && !(this.#newest && isSame(held.cert, this.#newest.cert));
    if (isOther && isValid(held.cert, now)) this.#newest = held;
  }

  /** The newest CA signs once it is trusted; until then the one before it does, as long as it lives. */
  #signer(now: number): Authority | undefined {
    const [newest, serving] = [this.#newest, this.#leaf?.signer];
    if (newest === undefined || serving === undefined) return newest ?? serving;
    if (isSame(newest.cert, serving.cert) || !isValid(serving.cert, now)) return newest;
    return this.#confidence.in(newest) ? newest : serving;
  }

  async #ensureLeaf(): Promise<void> {
    const now = this.#time.now();
    const signer = this.#signer(now);
    if (signer === undefined || !isValid(signer.cert, now)) return;
    const { hosts, leafMs } = this.#options;
    const reason = leafReason(this.#leaf, signer, hosts, now);
    if (reason === undefined) return this.#attempts.settled("leaf");
    await this.#attempts.make({ of: "leaf", reason, detail: reasonTexts[reason] }, async () => {
      const leaf = await makeLeaf(signer, { hosts, now, lifeMs: leafMs });
      this.#leaf = leaf;
      this.#published.put({ cert: leaf.cert.pem, key: leaf.key, ca: signer.cert.pem });
      return "renewed";
    });
  }

  async #ensureBundle(bundle: ConfigurationBundle): Promise<void> {
    const trust = this.#trust();
    const reason = trust.required.length === 0 ? undefined : bundle.reason(trust);
    const [of, where] = ["caBundle", bundle.label] as const;
    if (reason === undefined) this.#attempts.settled(of, where);
    else
      await this.#attempts.make({ of, reason, detail: bundleTexts[reason], where }, () =>
        bundle.write(trust),
      );
  }

  #trust(): Trust {
    const now = this.#time.now();
    const authorities = [this.#newest, this.#leaf?.signer].flatMap((authority) => authority ?? []);
    return {
      required: authorities.map(({ cert }) => cert).filter((cert) => now < cert.notAfter),
      earlier: certificatesIn(this.#secret.stored?.bundle ?? "").certificates,
      now,
      leafMs: this.#options.leafMs,
    };
  }
}
