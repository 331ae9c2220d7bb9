# vendorwatch alone, from nothing: the program, the certificates of authorities, and a folder for the record.
#   docker build -t vendorwatch .
#   docker run -v vendorwatch:/data -v ./config.toml:/data/config.toml:ro -p 127.0.0.1:8080:8080 vendorwatch
# The config file is /data/config.toml; under [web], listen = "0.0.0.0:8080" makes the dashboard reachable.
FROM docker.io/library/golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o /out/vendorwatch ./cmd/vendorwatch \
 && mkdir -p /out/data /out/tmp && chmod 1777 /out/tmp

FROM scratch AS image
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /out/vendorwatch /vendorwatch
COPY --from=build --chown=65532:65532 /out/data /data
COPY --from=build /out/tmp /tmp
USER 65532:65532
WORKDIR /data
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s CMD ["/vendorwatch", "--config", "/data/config.toml", "health"]
ENTRYPOINT ["/vendorwatch", "--config", "/data/config.toml"]
CMD ["serve"]
