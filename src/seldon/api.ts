/** The API group of Seldon Core v1. */
export const group = "machinelearning.seldon.io";

/** Every version that a release of Seldon Core v1 has served SeldonDeployments in; all are read alike. */
export const versions: readonly string[] = ["v1alpha2", "v1alpha3", "v1"];

export const plural = "seldondeployments";

export const kind = "SeldonDeployment";
