using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Discovery.Tests.Architecture;

/// <summary>An assembly as it was compiled: which type lives in which folder, and which types it names.</summary>
/// <remarks>A constant of another type leaves no trace, for the compiler copies its value.</remarks>
internal sealed class CompiledLibrary : IDisposable
{
    // The compiler records documents of types without code under this kind (portable PDB, custom debug information).
    private static readonly Guid TypeDefinitionDocuments = new("932E74BC-DBA9-4478-8D46-0F32A7BAB3D3");

    private readonly PEReader _image;
    private readonly MetadataReaderProvider _symbols;
    private readonly MetadataReader _metadata;
    private readonly MetadataReader _debug;

    private readonly string _source;

    /// <summary>Opens the assembly and the PDB beside it.</summary>
    /// <param name="path">The assembly.</param>
    /// <param name="source">The folder of its project within the repository: <c>/src/Discovery/</c>.</param>
    public CompiledLibrary(string path, string source)
    {
        _source = source;
        _image = new PEReader(File.OpenRead(path));
        _metadata = _image.GetMetadataReader();
        _symbols = MetadataReaderProvider.FromPortablePdbStream(File.OpenRead(Path.ChangeExtension(path, ".pdb")));
        _debug = _symbols.GetMetadataReader();
        Folders = ReadFolders();
    }

    /// <summary>The folders beneath the source folder in which each outermost type is declared. What a compiler or generator added is not in it.</summary>
    public IReadOnlyDictionary<string, IReadOnlySet<string>> Folders { get; }

    /// <summary>Every pair of types of which the first names the second.</summary>
    public HashSet<TypeUse> ReadUses()
    {
        HashSet<TypeUse> uses = [];
        foreach (TypeDefinitionHandle handle in _metadata.TypeDefinitions)
        {
            string from = FullName(_metadata, Outermost(handle));
            TypeCollector collector = new(_metadata);
            Collect(handle, collector);
            foreach (string to in collector.Found.Select(found => FullName(_metadata, Outermost(found))).Distinct())
                if (to != from && Folders.TryGetValue(from, out IReadOnlySet<string>? fromFolders) && Folders.TryGetValue(to, out IReadOnlySet<string>? toFolders))
                    uses.UnionWith(fromFolders.SelectMany(_ => toFolders, (fromFolder, toFolder) => new TypeUse(from, fromFolder, to, toFolder)));
        }
        return uses;
    }

    /// <summary>The name as reflection spells it: <c>Namespace.Outer+Nested</c>.</summary>
    public static string FullName(MetadataReader metadata, TypeDefinitionHandle handle)
    {
        TypeDefinition type = metadata.GetTypeDefinition(handle);
        string name = metadata.GetString(type.Name);
        if (type.IsNested)
            return $"{FullName(metadata, type.GetDeclaringType())}+{name}";
        return type.Namespace.IsNil ? name : $"{metadata.GetString(type.Namespace)}.{name}";
    }

    public void Dispose()
    {
        _symbols.Dispose();
        _image.Dispose();
    }

    private TypeDefinitionHandle Outermost(TypeDefinitionHandle handle)
    {
        TypeDefinitionHandle declaring = _metadata.GetTypeDefinition(handle).GetDeclaringType();
        return declaring.IsNil ? handle : Outermost(declaring);
    }

    private void Collect(TypeDefinitionHandle handle, TypeCollector collector)
    {
        TypeDefinition type = _metadata.GetTypeDefinition(handle);
        if (!type.BaseType.IsNil)
            collector.Add(type.BaseType);
        foreach (InterfaceImplementationHandle implementation in type.GetInterfaceImplementations())
            collector.Add(_metadata.GetInterfaceImplementation(implementation).Interface);
        Collect(type.GetCustomAttributes(), collector);
        Collect(type.GetGenericParameters(), collector);
        foreach (FieldDefinitionHandle field in type.GetFields())
        {
            _metadata.GetFieldDefinition(field).DecodeSignature(collector, false);
            Collect(_metadata.GetFieldDefinition(field).GetCustomAttributes(), collector);
        }
        foreach (PropertyDefinitionHandle property in type.GetProperties())
            Collect(_metadata.GetPropertyDefinition(property).GetCustomAttributes(), collector);
        foreach (MethodDefinitionHandle method in type.GetMethods())
            Collect(_metadata.GetMethodDefinition(method), collector);
    }

    private void Collect(MethodDefinition method, TypeCollector collector)
    {
        method.DecodeSignature(collector, false);
        Collect(method.GetCustomAttributes(), collector);
        Collect(method.GetGenericParameters(), collector);
        foreach (ParameterHandle parameter in method.GetParameters())
            Collect(_metadata.GetParameter(parameter).GetCustomAttributes(), collector);
        if (method.RelativeVirtualAddress == 0)
            return;
        MethodBodyBlock body = _image.GetMethodBody(method.RelativeVirtualAddress);
        if (!body.LocalSignature.IsNil)
            _metadata.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(collector, false);
        foreach (ExceptionRegion region in body.ExceptionRegions)
            if (!region.CatchType.IsNil)
                collector.Add(region.CatchType);
        foreach (EntityHandle token in IlReader.Tokens(body))
            collector.Add(token);
    }

    private void Collect(CustomAttributeHandleCollection attributes, TypeCollector collector)
    {
        foreach (CustomAttributeHandle handle in attributes)
        {
            CustomAttribute attribute = _metadata.GetCustomAttribute(handle);
            collector.Add(attribute.Constructor);
            attribute.DecodeValue(collector);
        }
    }

    private void Collect(GenericParameterHandleCollection parameters, TypeCollector collector)
    {
        foreach (GenericParameterHandle parameter in parameters)
            foreach (GenericParameterConstraintHandle constraint in _metadata.GetGenericParameter(parameter).GetConstraints())
                collector.Add(_metadata.GetGenericParameterConstraint(constraint).Type);
    }

    private Dictionary<string, IReadOnlySet<string>> ReadFolders()
    {
        Dictionary<string, HashSet<string>> folders = [];
        foreach (TypeDefinitionHandle handle in _metadata.TypeDefinitions)
            foreach (DocumentHandle document in Documents(handle))
                if (FolderOf(_debug.GetString(_debug.GetDocument(document).Name)) is { } folder)
                {
                    string name = FullName(_metadata, Outermost(handle));
                    if (!folders.TryGetValue(name, out HashSet<string>? known))
                        folders.Add(name, known = []);
                    known.Add(folder);
                }
        return folders.ToDictionary(static pair => pair.Key, static IReadOnlySet<string> (pair) => pair.Value);
    }

    private IEnumerable<DocumentHandle> Documents(TypeDefinitionHandle handle)
    {
        foreach (CustomDebugInformationHandle information in _debug.GetCustomDebugInformation(handle))
        {
            CustomDebugInformation entry = _debug.GetCustomDebugInformation(information);
            if (_debug.GetGuid(entry.Kind) != TypeDefinitionDocuments)
                continue;
            BlobReader rows = _debug.GetBlobReader(entry.Value);
            while (rows.RemainingBytes > 0)
                yield return MetadataTokens.DocumentHandle(rows.ReadCompressedInteger());
        }
        foreach (MethodDefinitionHandle method in _metadata.GetTypeDefinition(handle).GetMethods())
            foreach (SequencePoint point in _debug.GetMethodDebugInformation(method).GetSequencePoints())
                if (!point.Document.IsNil)
                    yield return point.Document;
    }

    /// <summary>The folder beneath the source folder, "" for that folder itself, null for what was generated beneath <c>obj</c>.</summary>
    private string? FolderOf(string document)
    {
        string path = document.Replace('\\', '/');
        int start = path.LastIndexOf(_source, StringComparison.Ordinal);
        if (start < 0)
            return null;
        string[] parts = path[(start + _source.Length)..].Split('/');
        return parts is ["obj", ..] ? null : parts.Length == 1 ? "" : parts[0];
    }
}
