using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace Discovery.Tests.Architecture;

/// <summary>Writes the public surface of an assembly as sorted lines that read like C#: whatever a caller could come to depend on.</summary>
internal static class PublicApi
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>A line for each type and, beneath it and indented, one for each of its members.</summary>
    public static IReadOnlyList<string> Render(IEnumerable<Type> types)
    {
        List<string> lines = [];
        foreach (Type type in types.OrderBy(static type => type.FullName, StringComparer.Ordinal))
        {
            lines.Add(RenderType(type));
            lines.AddRange(Members(type).Select(static member => "    " + member).Order(StringComparer.Ordinal));
        }
        return lines;
    }

    private static string RenderType(Type type)
    {
        string name = TypeNames.Of(type, qualified: true);
        if (typeof(Delegate).IsAssignableFrom(type))
        {
            MethodInfo invoke = type.GetMethod("Invoke")!;
            return $"delegate {TypeNames.Of(invoke.ReturnParameter)} {name}({Parameters(invoke)})";
        }
        string kind = type.IsEnum ? "enum" : type.IsInterface ? "interface"
            : type.IsValueType ? (type.IsDefined(typeof(IsReadOnlyAttribute)) ? "readonly " : "") + (type.IsByRefLike ? "ref struct" : "struct")
            : type is { IsAbstract: true, IsSealed: true } ? "static class" : type.IsAbstract ? "abstract class" : type.IsSealed ? "sealed class" : "class";
        IEnumerable<Type> bases = type.IsEnum ? [type.GetEnumUnderlyingType()]
            : [.. new[] { type.BaseType }.OfType<Type>().Where(static ancestor => ancestor != typeof(object) && ancestor != typeof(ValueType)),
               .. type.GetInterfaces().Except(type.BaseType?.GetInterfaces() ?? []).Where(static contract => contract.IsVisible).OrderBy(static contract => TypeNames.Of(contract), StringComparer.Ordinal)];
        string list = string.Join(", ", bases.Select(static ancestor => TypeNames.Of(ancestor)));
        return $"{kind} {name}{(list.Length > 0 ? " : " + list : "")}{TypeNames.Constraints([.. type.GetGenericArguments().Skip(TypeNames.Inherited(type))])}";
    }

    private static IEnumerable<string> Members(Type type)
    {
        if (typeof(Delegate).IsAssignableFrom(type))
            return [];
        if (type.IsEnum)
            return type.GetFields(BindingFlags.Public | BindingFlags.Static).Select(static field => $"{field.Name} = {Literal(field.GetRawConstantValue())}");
        return
        [
            .. type.GetConstructors(Declared).Where(static constructor => !constructor.IsStatic && IsVisible(constructor))
                .Select(static constructor => $"{Modifiers(constructor)}{TypeNames.Short(constructor.DeclaringType!)}({Parameters(constructor)})"),
            .. type.GetFields(Declared).Where(static field => field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly).Select(RenderField),
            .. type.GetProperties(Declared).Where(static property => property.GetAccessors(true).Any(IsVisible)).Select(RenderProperty),
            .. type.GetEvents(Declared).Where(static item => IsVisible(item.AddMethod!)).Select(static item => $"{Modifiers(item.AddMethod!)}event {TypeNames.Of(item)} {item.Name}"),
            .. type.GetMethods(Declared).Where(static method => IsVisible(method) && !IsAccessor(method) && IsCallable(method)).Select(RenderMethod),
        ];
    }

    private static string RenderField(FieldInfo field)
    {
        string modifiers = (field.IsPublic ? "" : "protected ") + (field.IsLiteral ? "const " : (field.IsStatic ? "static " : "") + (field.IsInitOnly ? "readonly " : ""));
        return $"{modifiers}{Required(field)}{TypeNames.Of(field)} {field.Name}{(field.IsLiteral ? " = " + Literal(field.GetRawConstantValue()) : "")}";
    }

    private static string RenderProperty(PropertyInfo property)
    {
        MethodInfo[] accessors = [.. property.GetAccessors(true).Where(IsVisible)];
        MethodInfo widest = accessors.FirstOrDefault(static accessor => accessor.IsPublic) ?? accessors[0];
        StringBuilder verbs = new();
        foreach (MethodInfo accessor in accessors.OrderBy(static accessor => accessor.Name, StringComparer.Ordinal))
        {
            bool isInit = accessor.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit));
            string verb = accessor == property.GetMethod ? "get" : isInit ? "init" : "set";
            verbs.Append(CultureInfo.InvariantCulture, $" {(accessor.IsPublic == widest.IsPublic ? "" : "protected ")}{verb};");
        }
        ParameterInfo[] index = property.GetIndexParameters();
        string name = index.Length == 0 ? property.Name : $"this[{string.Join(", ", index.Select(RenderParameter))}]";
        return $"{Modifiers(widest)}{Required(property)}{TypeNames.Of(property)} {name} {{{verbs} }}";
    }

    private static string RenderMethod(MethodInfo method)
    {
        Type[] generics = method.GetGenericArguments();
        string arguments = generics.Length == 0 ? "" : $"<{string.Join(", ", generics.Select(static argument => argument.Name))}>";
        return $"{Modifiers(method)}{TypeNames.Of(method.ReturnParameter)} {method.Name}{arguments}({Parameters(method)}){TypeNames.Constraints(generics)}";
    }

    private static string Parameters(MethodBase method) =>
        (method.IsDefined(typeof(ExtensionAttribute)) ? "this " : "") + string.Join(", ", method.GetParameters().Select(RenderParameter));

    private static string RenderParameter(ParameterInfo parameter)
    {
        bool isParams = parameter.IsDefined(typeof(ParamArrayAttribute)) || parameter.IsDefined(typeof(ParamCollectionAttribute));
        string standard = parameter.HasDefaultValue ? " = " + (parameter.RawDefaultValue is { } value ? Literal(value) : parameter.ParameterType.IsValueType ? "default" : "null") : "";
        return $"{(isParams ? "params " : "")}{TypeNames.Of(parameter)} {parameter.Name}{standard}";
    }

    private static string Modifiers(MethodBase method)
    {
        string access = method.IsPublic ? "" : "protected ";
        if (method.DeclaringType!.IsInterface)
            return access + (method.IsStatic ? "static " : "") + (method.IsAbstract ? "" : "virtual ");
        string inheritance = method is not MethodInfo { IsVirtual: true, IsFinal: false } overridable ? ""
            : overridable.GetBaseDefinition() != overridable ? "override " : method.IsAbstract ? "abstract " : "virtual ";
        return access + (method.IsStatic ? "static " : "") + inheritance;
    }

    private static string Required(MemberInfo member) => member.IsDefined(typeof(RequiredMemberAttribute)) ? "required " : "";

    private static string Literal(object? value) => value switch
    {
        null => "null",
        string text => $"\"{text}\"",
        bool flag => flag ? "true" : "false",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };

    // What a caller or an heir can see. Members that the compiler gives to records count: they are part of the surface.
    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static bool IsAccessor(MethodInfo method) => method.IsSpecialName && !method.Name.StartsWith("op_", StringComparison.Ordinal);

    // A record's <Clone>$ is reached by "with" only.
    private static bool IsCallable(MethodInfo method) => !method.Name.Contains('<');
}
