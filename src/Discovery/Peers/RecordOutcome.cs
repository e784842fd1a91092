namespace Discovery.Peers;

/// <summary>What became of a record that came without a proof.</summary>
internal enum RecordOutcome
{
    /// <summary>The peer is known and its record is this one now.</summary>
    Taken,

    /// <summary>It is the record that is known already.</summary>
    Known,

    /// <summary>A newer one, or another one of the same sequence number, is known.</summary>
    Older,

    /// <summary>The peer is not known, or was proven at none of the record's end points: prove it first.</summary>
    Unproven,
}
