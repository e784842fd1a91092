using System.Collections.Frozen;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

namespace Discovery.Tests.Architecture;

/// <summary>Walks the instructions of a method body (ECMA-335 III) for the metadata tokens they carry.</summary>
internal static class IlReader
{
    private static readonly FrozenDictionary<ushort, OperandType> Operands = typeof(OpCodes).GetFields()
        .Select(static field => (OpCode)field.GetValue(null)!)
        .ToFrozenDictionary(static code => (ushort)code.Value, static code => code.OperandType);

    /// <summary>Types, fields, methods and call-site signatures in the order of the instructions.</summary>
    public static IEnumerable<EntityHandle> Tokens(MethodBodyBlock body)
    {
        BlobReader il = body.GetILReader();
        while (il.RemainingBytes > 0)
        {
            ushort code = il.ReadByte();
            if (code == 0xFE)
                code = (ushort)(code << 8 | il.ReadByte());
            switch (Operands[code])
            {
                case OperandType.InlineNone:
                    break;
                case OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar:
                    il.Offset += 1;
                    break;
                case OperandType.InlineVar:
                    il.Offset += 2;
                    break;
                case OperandType.InlineI8 or OperandType.InlineR:
                    il.Offset += 8;
                    break;
                case OperandType.InlineSwitch:
                    int targets = il.ReadInt32();
                    il.Offset += 4 * targets;
                    break;
                case OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineType or OperandType.InlineTok or OperandType.InlineSig:
                    yield return MetadataTokens.EntityHandle(il.ReadInt32());
                    break;
                default: // A branch, a 32-bit number, a float or a string token.
                    il.Offset += 4;
                    break;
            }
        }
    }
}
