package mayfly.lambda;

import java.lang.reflect.Array;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.HashMap;
import java.util.Map;

/** What the type variables of a type and of all its parents stand for. */
final class TypeBindings {
    private final Map<TypeVariable<?>, Type> bound = new HashMap<>();
    private final Class<?> raw;

    TypeBindings(Type type) {
        raw = raw(type);
        walk(type);
    }

    private void walk(Type type) {
        if (type == null) {
            return;
        }
        Class<?> raw = raw(type);
        if (type instanceof ParameterizedType) {
            Type[] arguments = ((ParameterizedType) type).getActualTypeArguments();
            for (int index = 0; index < arguments.length; index++) {
                bound.put(raw.getTypeParameters()[index], resolve(arguments[index]));
            }
        }
        walk(raw.getGenericSuperclass());
        for (Type parent : raw.getGenericInterfaces()) {
            walk(parent);
        }
    }

    /** The types that the parameters of a parent stand for; null for a parent that is named without any. */
    Type[] argumentsOf(Class<?> parent) {
        TypeVariable<?>[] variables = parent.getTypeParameters();
        Type[] arguments = new Type[variables.length];
        for (int index = 0; index < variables.length; index++) {
            if (!bound.containsKey(variables[index])) {
                return raw == parent ? variables : null;
            }
            arguments[index] = bound.get(variables[index]);
        }
        return arguments;
    }

    Type resolve(Type type) {
        if (type instanceof TypeVariable) {
            return bound.getOrDefault((TypeVariable<?>) type, type);
        }
        if (type instanceof ParameterizedType) {
            return new Resolved((ParameterizedType) type);
        }
        return type;
    }

    static Class<?> raw(Type type) {
        if (type instanceof Class) {
            return (Class<?>) type;
        }
        if (type instanceof ParameterizedType) {
            return (Class<?>) ((ParameterizedType) type).getRawType();
        }
        if (type instanceof GenericArrayType) {
            Class<?> element = raw(((GenericArrayType) type).getGenericComponentType());
            return Array.newInstance(element, 0).getClass();
        }
        Type[] bounds = type instanceof WildcardType
                ? ((WildcardType) type).getUpperBounds()
                : ((TypeVariable<?>) type).getBounds();
        return raw(bounds[0]);
    }

    /** A parameterized type whose variables are replaced. */
    private final class Resolved implements ParameterizedType {
        private final ParameterizedType written;
        private final Type[] arguments;

        Resolved(ParameterizedType written) {
            this.written = written;
            arguments = written.getActualTypeArguments();
            for (int index = 0; index < arguments.length; index++) {
                arguments[index] = resolve(arguments[index]);
            }
        }

        @Override
        public Type[] getActualTypeArguments() {
            return arguments.clone();
        }

        @Override
        public Type getRawType() {
            return written.getRawType();
        }

        @Override
        public Type getOwnerType() {
            return written.getOwnerType();
        }
    }
}
