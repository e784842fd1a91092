#pragma warning disable CS0169, CS0649, IDE0044, IDE0051, IDE0060, CA1801, CA1822, CA1823 // Nothing here is called: the types are there to be read.

namespace Discovery.Tests.Architecture.UseSamples;

// The ways in which C# lets one type name another; FloorsTests checks that the reader sees each.
internal class Target : Exception
{
    public static readonly int Number = 1;

    public static void Call() { }
}

internal interface ITarget;

internal sealed class TargetAttribute : Attribute;

[AttributeUsage(AttributeTargets.All)]
internal sealed class MarkAttribute(Type type) : Attribute
{
    public Type Type => type;
}

internal class ByBase : Target;

internal class ByInterface : ITarget;

internal class ByField
{
    private Target? _field;
}

internal class ByParameter
{
    public void Method(Target[] targets) { }
}

internal class ByReturn
{
    public virtual ref Target Method() => throw new InvalidOperationException();
}

internal class ByGenericArgument
{
    private Dictionary<int, List<Target>>? _field;
}

internal class ByConstraint<T>
    where T : ITarget;

internal class ByMethodConstraint
{
    public void Method<T>()
        where T : ITarget
    { }
}

[Target]
internal class ByAttribute;

[Mark(typeof(Target))]
internal class ByAttributeArgument;

internal class ByCall
{
    public void Method() => Target.Call();
}

internal class ByStaticField
{
    public int Method() => Target.Number;
}

internal class ByGenericCall
{
    public object Method() => Array.Empty<Target>();
}

internal class ByLambda
{
    public Action Method(int captured) => () => Console.WriteLine(captured + new Target().HResult);
}

internal class ByIterator
{
    public IEnumerable<object> Method()
    {
        yield return new Target();
    }
}

internal class ByCatch
{
    public void Method()
    {
        try
        {
            Console.WriteLine();
        }
        catch (Target)
        {
            Console.WriteLine();
        }
    }
}

internal class ByCast
{
    // The switch, the wide operands and the two-byte codes make the reader step over each kind of operand first.
    public bool Method(object value, int number) => number switch { 0 => false, 1 => number * 3L > 1_000_000_000_000, 2 => 2.5 > number, 3 => number == 7_000_000, _ => value is ITarget };
}

internal class ByTypeOf
{
    public Type Method() => typeof(Target);
}

internal enum ByNothing
{
    None,
}
