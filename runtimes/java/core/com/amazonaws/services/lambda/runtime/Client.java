package com.amazonaws.services.lambda.runtime;

/** The application of a mobile client. */
public interface Client {
    String getInstallationId();

    String getAppTitle();

    String getAppVersionName();

    String getAppVersionCode();

    String getAppPackageName();
}
