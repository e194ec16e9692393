import ambassadorIdForm from "./annotations/ambassador-id-form.ts";
import annotationConflict from "./annotations/annotation-conflict.ts";
import annotationEmpty from "./annotations/annotation-empty.ts";
import annotationInteger from "./annotations/annotation-integer.ts";
import annotationKnown from "./annotations/annotation-known.ts";
import annotationsSize from "./annotations/annotations-size.ts";
import configNotBlinded from "./annotations/config-not-blinded.ts";
import headerForm from "./annotations/header-form.ts";
import regexHeaderRe2 from "./annotations/regex-header-re2.ts";
import regexSize from "./annotations/regex-size.ts";
import timeoutZero from "./annotations/timeout-zero.ts";
import customConfigApiVersion from "./custom-config/custom-config-api-version.ts";
import customConfigFieldEffect from "./custom-config/custom-config-field-effect.ts";
import customConfigFieldKnown from "./custom-config/custom-config-field-known.ts";
import customConfigFieldTypes from "./custom-config/custom-config-field-types.ts";
import customConfigFields from "./custom-config/custom-config-fields.ts";
import customConfigGroupAgrees from "./custom-config/custom-config-group-agrees.ts";
import customConfigHostname from "./custom-config/custom-config-hostname.ts";
import customConfigKind from "./custom-config/custom-config-kind.ts";
import customConfigNameForm from "./custom-config/custom-config-name-form.ts";
import customConfigNameUnique from "./custom-config/custom-config-name-unique.ts";
import customConfigNamespace from "./custom-config/custom-config-namespace.ts";
import customConfigRead from "./custom-config/custom-config-read.ts";
import customConfigRegex from "./custom-config/custom-config-regex.ts";
import customConfigRemainderKept from "./custom-config/custom-config-remainder-kept.ts";
import customConfigService from "./custom-config/custom-config-service.ts";
import customConfigServiceCreated from "./custom-config/custom-config-service-created.ts";
import customConfigShadowServed from "./custom-config/custom-config-shadow-served.ts";
import customConfigShadowSingle from "./custom-config/custom-config-shadow-single.ts";
import customConfigSilences from "./custom-config/custom-config-silences.ts";
import customConfigSingleWeight from "./custom-config/custom-config-single-weight.ts";
import customConfigUnquoted from "./custom-config/custom-config-unquoted.ts";
import customConfigUpgraded from "./custom-config/custom-config-upgraded.ts";
import customConfigVariables from "./custom-config/custom-config-variables.ts";
import customConfigWeightRange from "./custom-config/custom-config-weight-range.ts";
import customConfigWeightSum from "./custom-config/custom-config-weight-sum.ts";
import customConfigYaml from "./custom-config/custom-config-yaml.ts";
import generatedTextCurrent from "./injected/generated-text-current.ts";
import mappingInjected from "./injected/mapping-injected.ts";
import certSecretName from "./names/cert-secret-name.ts";
import predictorNamePresent from "./names/predictor-name-present.ts";
import predictorNameUnique from "./names/predictor-name-unique.ts";
import predictorRenamed from "./names/predictor-renamed.ts";
import serviceDnsLabel from "./names/service-dns-label.ts";
import serviceShortened from "./names/service-shortened.ts";
import serviceUnique from "./names/service-unique.ts";
import controllerIdKnown from "./references/controller-id-known.ts";
import explainerPathFree from "./references/explainer-path-free.ts";
import serviceNameAmbassadorId from "./references/service-name-ambassador-id.ts";
import serviceNameCustomRoute from "./references/service-name-custom-route.ts";
import serviceNameExists from "./references/service-name-exists.ts";
import serviceNameOther from "./references/service-name-other.ts";
import serviceNamePurpose from "./references/service-name-purpose.ts";
import serviceNameUnattached from "./references/service-name-unattached.ts";
import shadowHeaderRoute from "./references/shadow-header-route.ts";
import singleNamespaceRoute from "./references/single-namespace-route.ts";
import deletionUnattached from "./routes/deletion-unattached.ts";
import guestsKept from "./routes/guests-kept.ts";
import routeGroupAgrees from "./routes/route-group-agrees.ts";
import routeNamespace from "./routes/route-namespace.ts";
import routeShadowSingle from "./routes/route-shadow-single.ts";
import routeUnique from "./routes/route-unique.ts";
import routeWhole from "./routes/route-whole.ts";
import serviceUnclaimed from "./routes/service-unclaimed.ts";
import type { Rule } from "./rule.ts";
import livePredictorPresent from "./shadow/live-predictor-present.ts";
import shadowAnnotationPredictors from "./shadow/shadow-annotation-predictors.ts";
import shadowAnnotationTarget from "./shadow/shadow-annotation-target.ts";
import shadowAnnotationValue from "./shadow/shadow-annotation-value.ts";
import shadowGroupSettings from "./shadow/shadow-group-settings.ts";
import shadowPredictorSingle from "./shadow/shadow-predictor-single.ts";
import fieldTypes from "./structure/field-types.ts";
import headerOperatorForm from "./structure/header-operator-form.ts";
import portRange from "./structure/port-range.ts";
import predictorCount from "./structure/predictor-count.ts";
import predictorsPresent from "./structure/predictors-present.ts";
import regexHeaderAlone from "./structure/regex-header-alone.ts";
import canaryRemainderKept from "./traffic/canary-remainder-kept.ts";
import newPredictorTraffic from "./traffic/new-predictor-traffic.ts";
import predictorTrafficRange from "./traffic/predictor-traffic-range.ts";
import predictorTrafficSum from "./traffic/predictor-traffic-sum.ts";
import shadowTrafficZero from "./traffic/shadow-traffic-zero.ts";
import singlePredictorTraffic from "./traffic/single-predictor-traffic.ts";

/** Every rule, in the order in which findings are printed. */
export const catalogue: readonly Rule[] = [
  fieldTypes,
  predictorsPresent,
  predictorCount,
  portRange,
  regexHeaderAlone,
  headerOperatorForm,

  predictorTrafficRange,
  predictorTrafficSum,
  singlePredictorTraffic,
  shadowTrafficZero,
  canaryRemainderKept,
  newPredictorTraffic,

  shadowPredictorSingle,
  livePredictorPresent,
  shadowAnnotationValue,
  shadowAnnotationTarget,
  shadowAnnotationPredictors,
  shadowGroupSettings,

  predictorNamePresent,
  predictorNameUnique,
  predictorRenamed,
  certSecretName,
  serviceDnsLabel,
  serviceUnique,
  serviceShortened,

  headerForm,
  regexHeaderRe2,
  regexSize,
  annotationInteger,
  ambassadorIdForm,
  timeoutZero,
  annotationEmpty,
  annotationKnown,
  annotationConflict,
  configNotBlinded,
  annotationsSize,

  serviceNameExists,
  serviceNameOther,
  serviceNamePurpose,
  serviceNameUnattached,
  serviceNameAmbassadorId,
  serviceNameCustomRoute,
  shadowHeaderRoute,
  controllerIdKnown,
  explainerPathFree,
  singleNamespaceRoute,

  routeUnique,
  routeShadowSingle,
  routeGroupAgrees,
  routeNamespace,
  routeWhole,
  serviceUnclaimed,
  guestsKept,
  deletionUnattached,

  customConfigRead,
  customConfigYaml,
  customConfigKind,
  customConfigFields,
  customConfigFieldTypes,
  customConfigFieldKnown,
  customConfigFieldEffect,
  customConfigUnquoted,
  customConfigVariables,
  customConfigNameForm,
  customConfigNameUnique,
  customConfigNamespace,
  customConfigApiVersion,
  customConfigUpgraded,
  customConfigHostname,
  customConfigService,
  customConfigServiceCreated,
  customConfigRegex,
  customConfigWeightRange,
  customConfigWeightSum,
  customConfigSingleWeight,
  customConfigRemainderKept,
  customConfigShadowSingle,
  customConfigShadowServed,
  customConfigGroupAgrees,
  customConfigSilences,

  mappingInjected,
  generatedTextCurrent,
];
