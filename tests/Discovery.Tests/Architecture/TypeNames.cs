using System.Reflection;
using System.Runtime.CompilerServices;

namespace Discovery.Tests.Architecture;

/// <summary>Spells types as C# does, with <c>?</c> where a reference may be null.</summary>
internal static class TypeNames
{
    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(object)] = "object",
        [typeof(string)] = "string",
        [typeof(bool)] = "bool",
        [typeof(char)] = "char",
        [typeof(byte)] = "byte",
        [typeof(sbyte)] = "sbyte",
        [typeof(short)] = "short",
        [typeof(ushort)] = "ushort",
        [typeof(int)] = "int",
        [typeof(uint)] = "uint",
        [typeof(long)] = "long",
        [typeof(ulong)] = "ulong",
        [typeof(float)] = "float",
        [typeof(double)] = "double",
        [typeof(decimal)] = "decimal",
    };

    /// <summary>The type of a parameter or of a return value, with its <c>ref</c>, <c>in</c> or <c>out</c>.</summary>
    public static string Of(ParameterInfo parameter)
    {
        string name = Of(parameter.ParameterType, new NullabilityInfoContext().Create(parameter));
        if (!parameter.ParameterType.IsByRef)
            return name;
        bool isReadOnly = parameter.IsIn || parameter.GetRequiredCustomModifiers().Contains(typeof(System.Runtime.InteropServices.InAttribute));
        return parameter.IsOut ? $"out {name}" : parameter.Position < 0 ? (isReadOnly ? $"ref readonly {name}" : $"ref {name}")
            : parameter.IsDefined(typeof(RequiresLocationAttribute)) ? $"ref readonly {name}" : isReadOnly ? $"in {name}" : $"ref {name}";
    }

    public static string Of(FieldInfo field) => Of(field.FieldType, new NullabilityInfoContext().Create(field));

    public static string Of(PropertyInfo property) => Of(property.PropertyType, new NullabilityInfoContext().Create(property));

    public static string Of(EventInfo item) => Of(item.EventHandlerType!, new NullabilityInfoContext().Create(item));

    /// <summary>The type as it is named elsewhere, or in full where it is declared.</summary>
    public static string Of(Type type, bool qualified = false) => qualified && type.Namespace is { } space ? $"{space}.{Of(type, null)}" : Of(type, null);

    /// <summary>The name alone, without type arguments: that of a constructor.</summary>
    public static string Short(Type type) => type.Name.Split('`')[0];

    /// <summary>How many of its type arguments a nested type repeats from the type around it.</summary>
    public static int Inherited(Type type) => type.DeclaringType?.GetGenericArguments().Length ?? 0;

    /// <summary>The <c>where</c> clauses.</summary>
    public static string Constraints(Type[] parameters) => string.Concat(parameters.Where(static parameter => parameter.IsGenericParameter).Select(static parameter =>
    {
        GenericParameterAttributes flags = parameter.GenericParameterAttributes;
        bool isStruct = flags.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint);
        string[] all =
        [
            .. isStruct ? ["struct"] : flags.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint) ? new[] { "class" } : [],
            .. parameter.GetGenericParameterConstraints().Where(static constraint => constraint != typeof(ValueType)).Select(static constraint => Of(constraint)),
            .. flags.HasFlag(GenericParameterAttributes.DefaultConstructorConstraint) && !isStruct ? ["new()"] : Array.Empty<string>(),
            .. flags.HasFlag(GenericParameterAttributes.AllowByRefLike) ? ["allows ref struct"] : Array.Empty<string>(),
        ];
        return all.Length == 0 ? "" : $" where {parameter.Name} : {string.Join(", ", all)}";
    }));

    private static string Of(Type type, NullabilityInfo? nullability)
    {
        if (type.IsByRef)
            return Of(type.GetElementType()!, nullability);
        if (Nullable.GetUnderlyingType(type) is { } underlying)
            return Of(underlying, null) + "?";
        string mark = !type.IsValueType && nullability is { ReadState: NullabilityState.Nullable } or { WriteState: NullabilityState.Nullable } ? "?" : "";
        if (type.IsArray)
            return $"{Of(type.GetElementType()!, nullability?.ElementType)}[{new string(',', type.GetArrayRank() - 1)}]{mark}";
        if (type.IsPointer)
            return Of(type.GetElementType()!, null) + "*";
        if (Keywords.TryGetValue(type, out string? keyword))
            return keyword + mark;
        string outer = type is { IsNested: true, IsGenericParameter: false } ? $"{Of(type.DeclaringType!, null)}." : "";
        if (!type.IsGenericType)
            return outer + type.Name + mark;
        int inherited = Inherited(type);
        Type[] arguments = type.GetGenericArguments();
        IEnumerable<string> own = arguments.Select((argument, index) => Of(argument, nullability?.GenericTypeArguments.ElementAtOrDefault(index))).Skip(inherited);
        return $"{outer}{Short(type)}{(arguments.Length > inherited ? $"<{string.Join(", ", own)}>" : "")}{mark}";
    }
}
