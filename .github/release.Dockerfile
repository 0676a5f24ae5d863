# The image of a release: goreleaser puts the binaries that it has built into the folder of each platform. The base has the
# certificates of the usual authorities and a user without rights, and neither shell nor package manager.
FROM gcr.io/distroless/static-debian12:nonroot
ARG TARGETPLATFORM
COPY LICENSE docs/THIRD_PARTY_NOTICES /usr/share/doc/segctl/
COPY $TARGETPLATFORM/segctl /usr/bin/segctl
USER 65532:65532
ENTRYPOINT ["/usr/bin/segctl"]
