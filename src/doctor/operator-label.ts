/** What Seldon's operator labels the Mapping objects with that it makes (controllers/ambassador/v2.go at v1.18.2). */
export const operatorLabel = "seldon-deployment-id";
