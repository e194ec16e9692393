/** The built-in kinds that are read, whose form the API server has seen to. */
export type {
  V1Container as Container,
  V1CustomResourceDefinition as CustomResourceDefinition,
  V1Deployment as Deployment,
  V1EndpointSlice as EndpointSlice,
  V1LabelSelector as LabelSelector,
  V1MutatingWebhookConfiguration as MutatingWebhookConfiguration,
  V1Namespace as Namespace,
  V1Pod as Pod,
  V1PodDisruptionBudget as PodDisruptionBudget,
  V1PodSpec as PodSpec,
  V1RuleWithOperations as HookRule,
  V1Service as Service,
  V1ValidatingWebhook as Webhook,
  V1ValidatingWebhookConfiguration as ValidatingWebhookConfiguration,
} from "@kubernetes/client-node";
