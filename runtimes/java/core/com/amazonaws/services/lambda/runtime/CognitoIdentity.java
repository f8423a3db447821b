package com.amazonaws.services.lambda.runtime;

/** Who a mobile client is. */
public interface CognitoIdentity {
    String getIdentityId();

    String getIdentityPoolId();
}
