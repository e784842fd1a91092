using System.Collections.Immutable;
using System.Reflection.Metadata;

namespace Discovery.Tests.Architecture;

/// <summary>Decodes signatures and attribute values only to note which types of the same assembly they name.</summary>
internal sealed class TypeCollector(MetadataReader metadata) : ISignatureTypeProvider<bool, bool>, ICustomAttributeTypeProvider<bool>
{
    private PrimitiveTypeCode _enumWidth = PrimitiveTypeCode.Int32;

    /// <summary>The definitions met since the collector was made.</summary>
    public HashSet<TypeDefinitionHandle> Found { get; } = [];

    /// <summary>Notes the type, field, method or signature behind a metadata token.</summary>
    public void Add(EntityHandle handle)
    {
        switch (handle.Kind)
        {
            case HandleKind.TypeDefinition:
                Found.Add((TypeDefinitionHandle)handle);
                break;
            case HandleKind.TypeSpecification:
                metadata.GetTypeSpecification((TypeSpecificationHandle)handle).DecodeSignature(this, false);
                break;
            case HandleKind.FieldDefinition:
                Found.Add(metadata.GetFieldDefinition((FieldDefinitionHandle)handle).GetDeclaringType());
                break;
            case HandleKind.MethodDefinition:
                Found.Add(metadata.GetMethodDefinition((MethodDefinitionHandle)handle).GetDeclaringType());
                break;
            case HandleKind.MethodSpecification:
                MethodSpecification method = metadata.GetMethodSpecification((MethodSpecificationHandle)handle);
                method.DecodeSignature(this, false);
                Add(method.Method);
                break;
            case HandleKind.MemberReference:
                MemberReference member = metadata.GetMemberReference((MemberReferenceHandle)handle);
                Add(member.Parent);
                if (member.GetKind() == MemberReferenceKind.Method)
                    member.DecodeMethodSignature(this, false);
                else
                    member.DecodeFieldSignature(this, false);
                break;
            case HandleKind.StandaloneSignature:
                metadata.GetStandaloneSignature((StandaloneSignatureHandle)handle).DecodeMethodSignature(this, false);
                break;
            case HandleKind.TypeReference: // Another assembly's.
                break;
            default:
                throw new NotSupportedException($"A token of kind {handle.Kind}.");
        }
    }

    // The decoders want a value for each type: here it says whether that is System.Type, which attributes store as a name.
    public bool GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind)
    {
        Found.Add(handle);
        return false;
    }

    public bool GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind)
    {
        // A parameter of an enum of another assembly: all that occur are 32 bits wide.
        _enumWidth = PrimitiveTypeCode.Int32;
        TypeReference type = reader.GetTypeReference(handle);
        return reader.StringComparer.Equals(type.Name, nameof(Type)) && reader.StringComparer.Equals(type.Namespace, nameof(System));
    }

    public bool GetTypeFromSpecification(MetadataReader reader, bool genericContext, TypeSpecificationHandle handle, byte rawTypeKind) =>
        reader.GetTypeSpecification(handle).DecodeSignature(this, genericContext);

    public bool GetTypeFromSerializedName(string name)
    {
        // The name in an attribute: "Namespace.Outer+Nested[[argument, …]], Assembly".
        foreach (TypeDefinitionHandle handle in metadata.TypeDefinitions)
            if (name.Split([',', '[', ']', ' '], StringSplitOptions.RemoveEmptyEntries).Contains(CompiledLibrary.FullName(metadata, handle)))
                Found.Add(handle);
        _enumWidth = Type.GetType(name) is { IsEnum: true } type ? Enum.Parse<PrimitiveTypeCode>(type.GetEnumUnderlyingType().Name) : PrimitiveTypeCode.Int32;
        return false;
    }

    // An attribute stores an enum argument in the width of the enum, which was named just before.
    public PrimitiveTypeCode GetUnderlyingEnumType(bool type) => _enumWidth;
    public bool GetPrimitiveType(PrimitiveTypeCode typeCode) => false;
    public bool GetSystemType() => true;
    public bool IsSystemType(bool type) => type;
    public bool GetSZArrayType(bool elementType) => false;
    public bool GetArrayType(bool elementType, ArrayShape shape) => false;
    public bool GetByReferenceType(bool elementType) => false;
    public bool GetPointerType(bool elementType) => false;
    public bool GetPinnedType(bool elementType) => false;
    public bool GetModifiedType(bool modifier, bool unmodifiedType, bool isRequired) => false;
    public bool GetFunctionPointerType(MethodSignature<bool> signature) => false;
    public bool GetGenericInstantiation(bool genericType, ImmutableArray<bool> typeArguments) => false;
    public bool GetGenericMethodParameter(bool genericContext, int index) => false;
    public bool GetGenericTypeParameter(bool genericContext, int index) => false;
}
