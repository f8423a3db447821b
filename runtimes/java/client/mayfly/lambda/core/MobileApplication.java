package mayfly.lambda.core;

import com.amazonaws.services.lambda.runtime.Client;
import java.util.Map;

/** The application of a mobile client, in the names that it sends. */
public final class MobileApplication implements Client {
    private final Map<String, Object> values;

    public MobileApplication(Map<String, Object> values) {
        this.values = values;
    }

    @Override
    public String getInstallationId() {
        return (String) values.get("installation_id");
    }

    @Override
    public String getAppTitle() {
        return (String) values.get("app_title");
    }

    @Override
    public String getAppVersionName() {
        return (String) values.get("app_version_name");
    }

    @Override
    public String getAppVersionCode() {
        return (String) values.get("app_version_code");
    }

    @Override
    public String getAppPackageName() {
        return (String) values.get("app_package_name");
    }
}
